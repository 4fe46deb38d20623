import { ownSizeOfFolder } from "../../volumes/size.ts";
import type { Builds } from "../builds.ts";
import type { CacheEntry } from "./cache-entry.ts";
import type { KeptFolder } from "./kept-folder.ts";
import type { StepRecord } from "./step-record.ts";

/** All that builds keep: results of steps, cache mounts, contexts; the longest unused first. */
export async function listCache(builds: Builds): Promise<CacheEntry[]> {
  const mounts = await builds.cacheMounts.list();
  const contexts = await builds.contexts.list();
  const entries = [
    ...builds.steps.list().map((record) => stepEntry(builds, record)),
    ...(await Promise.all(mounts.map((one) => folderEntry("exec.cachemount", one)))),
    ...(await Promise.all(contexts.map((one) => folderEntry("source.local", one)))),
  ];
  return entries.sort((one, other) => (one.lastUsedAt < other.lastUsedAt ? -1 : 1));
}

function stepEntry({ steps, busy }: Builds, record: StepRecord): CacheEntry {
  const { key, id, title, sizeBytes, snapshot, createdAt, lastUsedAt, usageCount } = record;
  return {
    ...{ id, type: "regular", description: title, sizeBytes, snapshot, createdAt, lastUsedAt, usageCount },
    isBusy: busy.has(snapshot),
    async remove() {
      if (busy.has(snapshot)) return false;
      await steps.remove(key);
      return true;
    },
  };
}

async function folderEntry(type: CacheEntry["type"], folder: KeptFolder): Promise<CacheEntry> {
  const { id, description, path, isBusy, lastUsedAt, remove } = folder;
  // What steps copied of a context stays in both; it counts as the layer's.
  const sizeBytes = Math.max(0, await ownSizeOfFolder(path));
  const unknown = { snapshot: undefined, createdAt: undefined, usageCount: undefined };
  return { id, type, description, sizeBytes, isBusy, lastUsedAt, remove, ...unknown };
}
