import type { Engine } from "../engine.ts";
import { idsHere } from "./index-members.ts";

/**
 * IDs of the images that containers, running or not, were made from or mount. An image that stands for an index is in
 * use when any of its images is.
 */
export async function imagesInUse({
  blobs,
  containers,
  images,
}: Pick<Engine, "blobs" | "containers" | "images">): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const { imageId, mounts } of containers.list()) {
    used.add(imageId);
    for (const mount of mounts) {
      const image = mount.kind === "image" ? await images.find(mount.source).catch(() => undefined) : undefined;
      if (image !== undefined) used.add(image.id);
    }
  }
  const listed = await images.list();
  if (used.isSubsetOf(new Set(listed.map(({ id }) => id)))) return used;
  for (const image of listed) {
    if (!used.isDisjointFrom(await idsHere({ blobs, images }, image))) used.add(image.id);
  }
  return used;
}
