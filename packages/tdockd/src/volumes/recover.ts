import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../engine.ts";
import { unmountAll } from "../host/mount.ts";
import { readMountTable } from "../host/mount-table.ts";
import { removeTree } from "../host/remove-tree.ts";
import { removeRootfs } from "../runtime/rootfs.ts";
import { containerOfView } from "./image-mount.ts";
import { removeVolumeData } from "./remove.ts";
import { isMounted } from "./volume.ts";

type RecoverEngine = Pick<Engine, "config" | "containerd" | "containers" | "events" | "log" | "volumes">;

/**
 * At start-up: mounts that containers run with are known again, all others are taken down, and anonymous volumes of
 * containers that were never finished are removed. Idempotent.
 */
export async function recoverVolumes(
  engine: RecoverEngine,
  isRunning: (containerId: string) => boolean,
): Promise<void> {
  await adoptMounts(engine, isRunning);
  await clearPinned(engine, isRunning);
  await clearViews(engine, isRunning);
  for (const { name, madeFor } of engine.volumes.list()) {
    if (madeFor === "" || engine.containers.find(madeFor) !== undefined) continue;
    await removeVolumeData(engine, name).catch((err) => engine.log.warn({ err, volume: name }, "volume not removed"));
  }
}

/** Acquiring what is mounted already only counts its users. */
async function adoptMounts({ containers, log, volumes }: RecoverEngine, isRunning: (id: string) => boolean) {
  const running = containers.list().filter(({ id }) => isRunning(id));
  const mounted = new Set(readMountTable().map(({ target }) => target));
  for (const volume of volumes.list().filter(isMounted)) {
    const folder = volumes.dataFolder(volume.name);
    if (!mounted.has(folder)) continue;
    const users = running.filter(({ mounts }) =>
      mounts.some((one) => one.kind === "volume" && one.name === volume.name),
    );
    for (const { id } of users) await volumes.mounted.acquire(volume, folder, id);
    if (users.length > 0) continue;
    await volumes.mounted
      .release(volume.name, folder, "")
      .catch((err) => log.warn({ err, volume: volume.name }, "volume not unmounted"));
  }
}

async function clearPinned({ config }: RecoverEngine, isRunning: (id: string) => boolean): Promise<void> {
  const folder = join(config.execRoot, "subpaths");
  for (const id of await readdir(folder).catch(() => [])) {
    if (isRunning(id)) continue;
    unmountAll(join(folder, id));
    await removeTree(join(folder, id));
  }
}

async function clearViews({ containerd, log }: RecoverEngine, isRunning: (id: string) => boolean): Promise<void> {
  for (const { name } of await containerd.snapshots.list()) {
    const id = containerOfView(name);
    if (id === undefined || isRunning(id)) continue;
    await removeRootfs(containerd, name).catch((err) => log.warn({ err, snapshot: name }, "view not removed"));
  }
}
