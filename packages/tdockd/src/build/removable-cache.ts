import { type Parts, stackParts } from "../images/image-parts.ts";
import type { Removable } from "../system/free-plan.ts";
import type { BuildEngine } from "./build-engine.ts";
import { listCache } from "./cache/list-cache.ts";
import { partsOfEntry } from "./shared-files.ts";

/** What builds keep, as `free` sees it. */
export interface RemovableCache {
  /** The longest unused first. */
  readonly candidates: readonly Removable[];
  /** What the rest holds, and builds that run now. */
  readonly kept: readonly Parts[];
  readonly spared: { readonly inUse: number; readonly recent: number };
}

type CacheEngine = Pick<BuildEngine, "builds" | "layerSizes">;

/** Sorts what builds keep into what may go and what stays: in use by a build, or used since `since`. */
export async function removableCache(engine: CacheEngine, since: Date | undefined): Promise<RemovableCache> {
  const { builds } = engine;
  const candidates: Removable[] = [];
  const kept = await Promise.all([...builds.busy].map((snapshot) => stackParts(engine, snapshot)));
  const spared = { inUse: 0, recent: 0 };
  for (const entry of await listCache(builds)) {
    const parts = await partsOfEntry(engine, entry);
    const lastUsedAt = new Date(entry.lastUsedAt);
    const isRecent = since !== undefined && lastUsedAt >= since;
    if (entry.isBusy || isRecent) {
      spared[entry.isBusy ? "inUse" : "recent"] += 1;
      kept.push(parts);
      continue;
    }
    const { id, description: name } = entry;
    candidates.push({ kind: "build-cache", id, name, lastUsedAt, parts, remove: () => entry.remove() });
  }
  return { candidates, kept, spared };
}
