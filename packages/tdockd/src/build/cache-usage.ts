import type { DiskUsage } from "@tdock/api/disk-usage";
import type { BuildEngine } from "./build-engine.ts";

/** What the results of build steps take, as `GET /system/df` lists them. */
export function buildCacheUsage({ builds }: Pick<BuildEngine, "builds">): NonNullable<DiskUsage["BuildCache"]> {
  return builds.steps.list().map(({ id, title, sizeBytes, snapshot, createdAt, lastUsedAt, usageCount }) => ({
    ID: id,
    Type: "regular" as const,
    Description: title,
    InUse: builds.busy.has(snapshot),
    Shared: false,
    Size: sizeBytes,
    CreatedAt: createdAt,
    LastUsedAt: lastUsedAt,
    UsageCount: usageCount,
  }));
}
