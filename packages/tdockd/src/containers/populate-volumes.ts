import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Mount } from "@tdock/containerd/mount";
import type { Engine } from "../engine.ts";
import { withMountedRootfs } from "../runtime/rootfs.ts";
import { copyUp } from "../volumes/copy-up.ts";
import type { VolumePoint } from "../volumes/mount-point.ts";
import { isMounted as hasOptions } from "../volumes/volume.ts";
import { withVolume } from "../volumes/with-volume.ts";
import type { Container } from "./container.ts";

/** Gives each of a new container's empty volumes what the image has at its place, unless `nocopy` was asked for. */
export async function populateVolumes(
  engine: Pick<Engine, "config" | "volumes">,
  { id, mounts }: Container,
  rootfs: readonly Mount[],
): Promise<void> {
  const mayBeEmpty = mounts.filter((point): point is VolumePoint => point.kind === "volume" && isToBeFilled(point));
  if (mayBeEmpty.length === 0) return;
  await withMountedRootfs(rootfs, { folder: join(engine.config.execRoot, "mounts"), name: id }, async (root) => {
    for (const { destination, name } of mayBeEmpty) {
      using _lock = await engine.volumes.filling.acquire(name);
      const isMounted = hasOptions(engine.volumes.get(name));
      await withVolume(engine, name, (dataFolder) => copyUp({ root, destination, dataFolder, isMounted }));
    }
  });
}

/** What a volume with driver options holds shows only when it is mounted. */
function isToBeFilled({ isNoCopy, subpath, source }: VolumePoint): boolean {
  return !isNoCopy && subpath === "" && readdirSync(source).length === 0;
}
