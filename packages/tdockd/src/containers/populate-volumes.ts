import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Mount } from "@tdock/containerd/mount";
import type { Engine } from "../engine.ts";
import { withMountedRootfs } from "../runtime/rootfs.ts";
import { copyUp } from "../volumes/copy-up.ts";
import type { VolumePoint } from "../volumes/mount-point.ts";
import type { Container } from "./container.ts";

/** Gives each of a new container's empty volumes what the image has at its place, unless `nocopy` was asked for. */
export async function populateVolumes(
  { config }: Pick<Engine, "config">,
  { id, mounts }: Container,
  rootfs: readonly Mount[],
): Promise<void> {
  const empty = mounts.filter((point): point is VolumePoint => point.kind === "volume" && isToBeFilled(point));
  if (empty.length === 0) return;
  await withMountedRootfs(rootfs, { folder: join(config.execRoot, "mounts"), name: id }, async (root) => {
    for (const { destination, source } of empty) await copyUp({ root, destination, dataFolder: source });
  });
}

function isToBeFilled({ isNoCopy, subpath, source }: VolumePoint): boolean {
  return !isNoCopy && subpath === "" && readdirSync(source).length === 0;
}
