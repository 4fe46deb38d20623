import { statfs } from "node:fs/promises";
import type { BuildPruneResponse, buildPrune } from "@tdock/api/build";
import type { Input } from "@tdock/api/endpoint";
import { checkFilterNames, type Filters } from "@tdock/api/filters";
import { parseUntil } from "@tdock/api/until";
import { collectGarbage } from "../images/collect-garbage.ts";
import type { BuildEngine } from "./build-engine.ts";
import type { CacheEntry } from "./cache/cache-entry.ts";
import { keptBytes, type PruneLimits } from "./cache/kept-bytes.ts";
import { listCache } from "./cache/list-cache.ts";
import { overLimit } from "./cache/over-limit.ts";
import { removeFailedSteps } from "./failed-steps.ts";
import { releaseSnapshots } from "./recover.ts";
import { bytesFreedBy } from "./shared-files.ts";
import { listName } from "./solve/miss-reason.ts";

/**
 * Removes what builds keep, as far as the filters `id`, `type` and `until` want it: with a limit, the longest unused
 * until no more than that is used; else all of it with `all` or a filter, and without either what no build of the last
 * day used. Never what a build that runs now uses. Throws `invalid-argument` for an unknown filter.
 */
export async function pruneBuilds(engine: BuildEngine, input: Input<typeof buildPrune>): Promise<BuildPruneResponse> {
  checkFilterNames(input.filters, ["id", "type", "until", "unused-for"]);
  const { builds } = engine;
  const entries = await listCache(builds);
  const isWanted = filterOf(engine, input.filters);
  const idle = entries.filter((entry) => !entry.isBusy && isWanted(entry));
  const limit = await limitOf(engine, input, entries);
  const chosen = chooseEntries(engine, input, { entries, idle, limit });
  const staying = entries.filter((entry) => !chosen.includes(entry));
  const SpaceReclaimed = chosen.length === 0 ? 0 : await bytesFreedBy(engine, chosen, staying);
  const removed = await removeAll(chosen);
  const isAll = input.all === true && input.filters === undefined && limit === undefined;
  if (isAll && builds.busy.size === 0) await removeFailedSteps(engine);
  await (isAll ? builds.digests.keep(() => false) : forgetLists(builds));
  await releaseSnapshots(engine);
  // The reply comes when the space is free.
  if (removed.length > 0) await collectGarbage(engine);
  return { CachesDeleted: removed.map(({ id }) => id), SpaceReclaimed };
}

/** Keeps what builds leave below the limit that tdockd was given. What removes it is logged, not thrown. */
export async function keepBelowLimit(engine: BuildEngine): Promise<void> {
  const limit = engine.config.buildCacheBytes;
  if (limit === undefined) return;
  try {
    await pruneBuilds(engine, { "max-used-space": limit });
  } catch (err) {
    engine.log.warn({ err }, "the build cache was not brought below its limit");
  }
}

/** What steps copied is not worth keeping without their results: such a list may be long. */
async function forgetLists({ steps, digests }: BuildEngine["builds"]): Promise<void> {
  const lists = new Set(steps.list().map(({ inputs }) => listName(inputs.files ?? "")));
  await digests.keep((name) => !name.startsWith(listName("")) || lists.has(name));
}

const dayMs = 24 * 3600 * 1000;

interface Choice {
  readonly entries: readonly CacheEntry[];
  readonly idle: readonly CacheEntry[];
  /** Bytes that may stay. */
  readonly limit: number | undefined;
}

function chooseEntries(
  { now }: BuildEngine,
  input: Input<typeof buildPrune>,
  { entries, idle, limit }: Choice,
): readonly CacheEntry[] {
  if (limit !== undefined) return overLimit(entries, idle, limit);
  if (input.all === true || input.filters !== undefined) return idle;
  return idle.filter(({ lastUsedAt }) => now().getTime() - Date.parse(lastUsedAt) > dayMs);
}

async function limitOf(
  { builds }: BuildEngine,
  limits: PruneLimits,
  entries: readonly CacheEntry[],
): Promise<number | undefined> {
  const used = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const { bavail, bsize } = await statfs(builds.folder);
  return keptBytes(limits, used, bavail * bsize);
}

function filterOf({ now }: BuildEngine, filters: Filters = {}): (entry: CacheEntry) => boolean {
  const limits = [...(filters.until ?? []), ...(filters["unused-for"] ?? [])].map((text) => parseUntil(text, now()));
  return ({ id, type, lastUsedAt }) =>
    (filters.id?.some((wanted) => id.startsWith(wanted)) ?? true) &&
    (filters.type?.includes(type) ?? true) &&
    limits.every((limit) => Date.parse(lastUsedAt) < limit);
}

async function removeAll(entries: readonly CacheEntry[]): Promise<CacheEntry[]> {
  const removed: CacheEntry[] = [];
  for (const entry of entries) if (await entry.remove()) removed.push(entry);
  return removed;
}
