import type { DiskUsage } from "@tdock/api/disk-usage";
import { layersOfImages, layersOnDisk } from "../images/layers-on-disk.ts";
import type { BuildEngine } from "./build-engine.ts";
import { listCache } from "./cache/list-cache.ts";

type CacheEngine = Pick<BuildEngine, "blobs" | "builds" | "images" | "layerSizes">;

/**
 * What builds keep, as `GET /system/df` lists it. What an image has as well is marked as shared: its bytes count there.
 * So do files of a layer of its own that an image's layer, or one listed before, took over from the same context.
 */
export async function buildCacheUsage(engine: CacheEngine): Promise<NonNullable<DiskUsage["BuildCache"]>> {
  const entries = await listCache(engine.builds);
  const layers = await layersOfImages(engine);
  const ofImages = new Set(layers.map(({ name }) => name));
  const others = entries.flatMap(({ snapshot }) => (snapshot === undefined || ofImages.has(snapshot) ? [] : snapshot));
  const stacks = await Promise.all(others.map((snapshot) => engine.layerSizes.stack(snapshot)));
  const tops = stacks.flatMap(([top]) => top ?? []);
  const isAnyLinked = tops.some(({ linkedFolder }) => linkedFolder !== undefined);
  const sizes = await layersOnDisk(isAnyLinked ? [...layers, ...tops] : []);
  return entries.map((entry) => {
    const { id, type, description, isBusy, sizeBytes, snapshot = "", createdAt, lastUsedAt, usageCount } = entry;
    const isShared = ofImages.has(snapshot);
    return {
      ID: id,
      Type: type,
      Description: description,
      InUse: isBusy,
      Shared: isShared,
      Size: isShared ? sizeBytes : (sizes.get(snapshot) ?? sizeBytes),
      CreatedAt: createdAt ?? lastUsedAt,
      LastUsedAt: lastUsedAt,
      UsageCount: usageCount ?? 1,
    };
  });
}
