import type { Input } from "@tdock/api/endpoint";
import { checkFilterNames } from "@tdock/api/filters";
import type { ImageDeleteResponseItem, ImagePruneResponse, imagePrune } from "@tdock/api/images";
import type { Engine } from "../engine.ts";
import { type ImageRecord, targetKey } from "./image.ts";
import { imageFilter } from "./image-filter.ts";
import { imageParts, storedBlobs } from "./image-parts.ts";
import { imagesInUse } from "./images-in-use.ts";
import { dropDownloads } from "./partial-downloads.ts";
import { deleteImage } from "./remove.ts";

type PruneEngine = Pick<
  Engine,
  "arrivals" | "blobs" | "containerd" | "containers" | "events" | "images" | "layerSizes" | "now"
>;

/**
 * Removes images that no container uses and no pin keeps: those without a tag, or with the filter `dangling=false` all;
 * and, where nothing else is filtered, layers whose download broke off.
 * Throws `invalid-argument` for an unknown filter.
 */
export async function pruneImages(engine: PruneEngine, input: Input<typeof imagePrune>): Promise<ImagePruneResponse> {
  checkFilterNames(input.filters, ["dangling", "label", "label!", "until"]);
  const { dangling = ["true"], ...filters } = input.filters ?? {};
  const isAll = dangling.some((value) => ["false", "0"].includes(value.toLowerCase()));
  const matches = await imageFilter(engine, filters);
  const used = await imagesInUse(engine);
  const images = (await engine.images.list()).filter(
    (image) =>
      !used.has(image.id) && image.pinnedNames.length === 0 && (isAll || image.repoTags.length === 0) && matches(image),
  );
  const broken = Object.keys(filters).length === 0 ? await dropDownloads(engine) : 0;
  const SpaceReclaimed = broken + (await exclusiveBytes(engine, images));
  const deleted: ImageDeleteResponseItem[] = [];
  // One collection after the last frees the space of all.
  for (const image of images) deleted.push(...(await deleteImage(engine, image, { sync: image === images.at(-1) })));
  engine.events.emit({ type: "image", action: "prune", id: "", attributes: { reclaimed: String(SpaceReclaimed) } });
  return { ImagesDeleted: deleted, SpaceReclaimed };
}

/** Bytes of blobs and layers that only these images have. */
async function exclusiveBytes(engine: PruneEngine, going: readonly ImageRecord[]): Promise<number> {
  const keys = new Set(going.map(({ target }) => targetKey(target)));
  const stored = await storedBlobs(engine);
  const sizes = new Map<string, number>();
  for (const image of going) for (const [key, bytes] of await imageParts(engine, image, stored)) sizes.set(key, bytes);
  for (const image of await engine.images.list()) {
    if (!keys.has(targetKey(image.target)))
      for (const key of (await imageParts(engine, image, stored)).keys()) sizes.delete(key);
  }
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}
