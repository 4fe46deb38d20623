import { TdockError } from "@tdock/errors/error";
import { unmount } from "../host/mount.ts";
import { readMountTable } from "../host/mount-table.ts";
import { runCommand } from "../host/run-command.ts";
import { mountArguments, withoutPassword } from "./mount-arguments.ts";
import type { Volume } from "./volume.ts";

/** A server that does not answer must not hold up a start for ever. */
const mountTimeoutMs = 90_000;

/**
 * Volumes with driver options are mounted on their data folder while a container runs with them. Who does is counted
 * by container, so that a second release changes nothing.
 */
export class MountedVolumes {
  readonly #users = new Map<string, Set<string>>();
  readonly #turns = new Map<string, Promise<unknown>>();

  /** Mounts the volume unless it is. Throws `invalid-argument` with mount's own words. */
  acquire(volume: Volume, dataFolder: string, containerId: string): Promise<void> {
    return this.#inTurn(volume.name, async () => {
      if (!isMountPoint(dataFolder)) await mountVolume(volume, dataFolder);
      const users = this.#users.get(volume.name) ?? new Set<string>();
      this.#users.set(volume.name, users.add(containerId));
    });
  }

  /** Unmounts the volume when this container was the last that ran with it. Idempotent. */
  release(name: string, dataFolder: string, containerId: string): Promise<void> {
    return this.#inTurn(name, async () => {
      const users = this.#users.get(name);
      users?.delete(containerId);
      if (users !== undefined && users.size > 0) return;
      this.#users.delete(name);
      unmount(dataFolder, { lazy: true });
    });
  }

  /** Unmounts the volume whoever ran with it: its users are gone, and their own release may still be on its way. */
  drop(name: string, dataFolder: string): Promise<void> {
    return this.#inTurn(name, async () => {
      this.#users.delete(name);
      unmount(dataFolder, { lazy: true });
    });
  }

  #inTurn<T>(name: string, action: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(action);
    const settled = turn.catch(() => {});
    this.#turns.set(name, settled);
    void settled.then(() => this.#turns.get(name) === settled && this.#turns.delete(name));
    return turn;
  }
}

async function mountVolume({ options }: Volume, dataFolder: string): Promise<void> {
  const { device = "", o = "" } = options;
  const args = await mountArguments(options, dataFolder);
  const { exitCode, stderr } = await runCommand("mount", args, { signal: AbortSignal.timeout(mountTimeoutMs) });
  if (exitCode === 0) return;
  const message = `failed to mount local volume: mount ${device}:${dataFolder}, data: ${o}: ${stderr.trim()}`;
  throw new TdockError("invalid-argument", withoutPassword(message));
}

function isMountPoint(path: string): boolean {
  return readMountTable().some(({ target }) => target === path);
}
