import { mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { mountFileSystem, unmount } from "../host/mount.ts";
import type { Container } from "./container.ts";
import { aliveContainer, joinedContainer } from "./modes.ts";

/**
 * The host's folder that becomes a container's /dev/shm, or `undefined` when it gets one of its own: with `shareable`
 * one that others may join, with `container:` the other's, with `host` the host's. With `none` there is none: null.
 */
export function joinSharedMemory(
  engine: Pick<Engine, "config" | "containers">,
  { id, hostConfig }: Container,
): string | null | undefined {
  const mode = hostConfig.IpcMode;
  if (mode === "none") return null;
  if (mode === "host") return "/dev/shm";
  if (mode === "shareable") {
    // What a start that was cut short has left.
    releaseSharedMemory(engine, id);
    return makeSharedMemory(folderOf(engine, id), hostConfig.ShmSize ?? 64 * 1024 * 1024);
  }
  const other = joinedContainer(mode);
  if (other === undefined) return undefined;
  const target = aliveContainer(engine.containers, other);
  if (target.hostConfig.IpcMode === "host") return "/dev/shm";
  if (target.hostConfig.IpcMode !== "shareable") {
    throw new TdockError(
      "conflict",
      `can't join IPC of container ${other}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)`,
    );
  }
  return folderOf(engine, target.id);
}

/** Frees what {@link joinSharedMemory} made for a container. Idempotent. */
export function releaseSharedMemory(engine: Pick<Engine, "config">, id: string): void {
  const folder = folderOf(engine, id);
  unmount(folder, { lazy: true });
  try {
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function makeSharedMemory(folder: string, sizeBytes: number): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  mountFileSystem({
    type: "tmpfs",
    source: "shm",
    target: folder,
    data: `mode=1777,size=${sizeBytes}`,
    flags: ["nosuid", "nodev", "noexec"],
  });
  return folder;
}

function folderOf({ config }: Pick<Engine, "config">, id: string): string {
  return join(config.execRoot, "shm", id);
}
