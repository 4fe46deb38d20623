import type { DiskUsage } from "@tdock/api/disk-usage";
import type { BuildEngine } from "./build-engine.ts";
import { listCache } from "./cache/list-cache.ts";

/** What builds keep, as `GET /system/df` lists it. What an image has as well is marked as shared: its bytes count there. */
export async function buildCacheUsage({
  builds,
  images,
  layerSizes,
}: Pick<BuildEngine, "builds" | "images" | "layerSizes">): Promise<NonNullable<DiskUsage["BuildCache"]>> {
  const entries = await listCache(builds);
  const stacks = await Promise.all((await images.list()).map(({ chainId }) => layerSizes.stack(chainId)));
  const ofImages = new Set(stacks.flat().map(({ name }) => name));
  return entries.map(({ id, type, description, isBusy, sizeBytes, snapshot, createdAt, lastUsedAt, usageCount }) => ({
    ID: id,
    Type: type,
    Description: description,
    InUse: isBusy,
    Shared: snapshot !== undefined && ofImages.has(snapshot),
    Size: sizeBytes,
    CreatedAt: createdAt ?? lastUsedAt,
    LastUsedAt: lastUsedAt,
    UsageCount: usageCount ?? 1,
  }));
}
