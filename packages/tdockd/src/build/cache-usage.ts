import type { DiskUsage } from "@tdock/api/disk-usage";
import type { BuildEngine } from "./build-engine.ts";
import { listCache } from "./cache/list-cache.ts";

/** What builds keep, as `GET /system/df` lists it. */
export async function buildCacheUsage({
  builds,
}: Pick<BuildEngine, "builds">): Promise<NonNullable<DiskUsage["BuildCache"]>> {
  const entries = await listCache(builds);
  return entries.map(({ id, type, description, isBusy, sizeBytes, createdAt, lastUsedAt, usageCount }) => ({
    ID: id,
    Type: type,
    Description: description,
    InUse: isBusy,
    Shared: false,
    Size: sizeBytes,
    CreatedAt: createdAt ?? lastUsedAt,
    LastUsedAt: lastUsedAt,
    UsageCount: usageCount ?? 1,
  }));
}
