import { mkdirSync } from "node:fs";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { unmount } from "../host/mount.ts";
import { mountAll, removeRootfs } from "../runtime/rootfs.ts";

type ImageMountEngine = Pick<Engine, "containerd" | "images">;

/** Views carry this, or containerd's collector would take them. */
const keepLabel = { "containerd.io/gc.root": "1" };

export interface ImageMount {
  readonly containerId: string;
  /** Which of the container's mount points it is for. */
  readonly index: number;
  /** As the user named it. */
  readonly image: string;
  /** Where it is mounted; made here. */
  readonly folder: string;
}

/** Mounts an image's files, read-only. Throws `not-found`, `invalid-argument` for an image without layers. */
export async function mountImage({ containerd, images }: ImageMountEngine, mount: ImageMount): Promise<void> {
  const { chainId } = await images.resolve(mount.image);
  if (chainId === "") throw new TdockError("invalid-argument", `image ${mount.image} has no files to mount`);
  const key = viewKey(mount.containerId, mount.index);
  // One that a crash left behind may be of another image.
  await removeRootfs(containerd, key);
  const mounts = await containerd.snapshots.view({ key, parent: chainId, labels: keepLabel });
  mkdirSync(mount.folder, { recursive: true, mode: 0o700 });
  mountAll(mounts, mount.folder);
}

/** Takes back what `mountImage` did. Idempotent. */
export async function unmountImage(
  { containerd }: Pick<Engine, "containerd">,
  { containerId, index, folder }: Omit<ImageMount, "image">,
): Promise<void> {
  unmount(folder, { lazy: true });
  await removeRootfs(containerd, viewKey(containerId, index));
}

/** Whether a snapshot is of this kind; whose it is. */
export function containerOfView(key: string): string | undefined {
  return /^([0-9a-f]{64})-image-\d+$/.exec(key)?.[1];
}

function viewKey(containerId: string, index: number): string {
  return `${containerId}-image-${index}`;
}
