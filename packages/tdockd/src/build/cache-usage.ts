import type { DiskUsage } from "@tdock/api/disk-usage";
import type { Layer } from "../images/layer-sizes.ts";
import { layersOfImages, layersOnDisk } from "../images/layers-on-disk.ts";
import type { BuildEngine } from "./build-engine.ts";
import type { CacheEntry } from "./cache/cache-entry.ts";
import { listCache } from "./cache/list-cache.ts";

type UsageEngine = Pick<BuildEngine, "blobs" | "builds" | "images" | "layerSizes">;

/**
 * What builds keep, as `GET /system/df` lists it. What an image has as well is marked as shared: its bytes count there.
 * So do files of a layer of its own that an image's layer, or one listed before, took over from the same context.
 */
export async function buildCacheUsage(engine: UsageEngine): Promise<NonNullable<DiskUsage["BuildCache"]>> {
  const entries = await listCache(engine.builds);
  const ofImages = await layersOfImages(engine);
  const shared = new Set(ofImages.map(({ name }) => name));
  const held = await heldLayers(engine, entries, shared);
  const layers = [...held.values()].flat();
  const isAnyLinked = layers.some(({ linkedFolder }) => linkedFolder !== undefined);
  const sizes = await layersOnDisk(isAnyLinked ? [...ofImages, ...layers] : layers);
  return entries.map((entry) => {
    const { id, type, description, isBusy, sizeBytes, snapshot = "", createdAt, lastUsedAt, usageCount } = entry;
    const own = held.get(snapshot)?.reduce((sum, { name }) => sum + (sizes.get(name) ?? 0), 0);
    return {
      ID: id,
      Type: type,
      Description: description,
      InUse: isBusy,
      Shared: shared.has(snapshot),
      Size: own ?? sizeBytes,
      CreatedAt: createdAt ?? lastUsedAt,
      LastUsedAt: lastUsedAt,
      UsageCount: usageCount ?? 1,
    };
  });
}

/**
 * The layers that only results of steps keep, by the snapshot of each: its own, and those below it that nothing else
 * accounts for, since their image has been removed.
 */
async function heldLayers(
  { layerSizes }: UsageEngine,
  entries: readonly CacheEntry[],
  shared: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly Layer[]>> {
  const held = new Map<string, readonly Layer[]>();
  const snapshots = new Set(entries.flatMap(({ snapshot }) => snapshot ?? []));
  const counted = new Set([...shared, ...snapshots]);
  for (const snapshot of snapshots) {
    if (shared.has(snapshot)) continue;
    const stack = await layerSizes.stack(snapshot);
    const own = stack.filter(({ name }) => name === snapshot || !counted.has(name));
    for (const { name } of own) counted.add(name);
    held.set(snapshot, own);
  }
  return held;
}
