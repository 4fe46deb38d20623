import type { Engine } from "../engine.ts";

/** IDs of the images that containers, running or not, were made from or mount. */
export async function imagesInUse({
  containers,
  images,
}: Pick<Engine, "containers" | "images">): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const { imageId, mounts } of containers.list()) {
    used.add(imageId);
    for (const mount of mounts) {
      const image = mount.kind === "image" ? await images.find(mount.source).catch(() => undefined) : undefined;
      if (image !== undefined) used.add(image.id);
    }
  }
  return used;
}
