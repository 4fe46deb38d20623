import type { Input } from "@tdock/api/endpoint";
import type { Freed, FreeReport, systemFree } from "@tdock/api/free";
import { TdockError } from "@tdock/errors/error";
import { releaseSnapshots } from "../build/recover.ts";
import { removableCache } from "../build/removable-cache.ts";
import { separateShared } from "../build/shared-files.ts";
import type { Engine } from "../engine.ts";
import { collectGarbage } from "../images/collect-garbage.ts";
import { removableDownloads } from "../images/partial-downloads.ts";
import { removableImages } from "../images/removable-images.ts";
import { type PlannedRemoval, planFree } from "../system/free-plan.ts";

/**
 * `POST /system/free`: removes downloads that broke off and build cache, then images without a tag, then images that nothing uses, each the longest
 * unused first, until so many bytes are free; volumes never. Like disk usage, this brings domains together that do not
 * know each other. Throws `invalid-argument`.
 */
export async function freeSpace(engine: Engine, input: Input<typeof systemFree>): Promise<FreeReport> {
  const { bytes: wanted = 0, keepusedin, dryrun = false } = input;
  if (wanted <= 0) throw new TdockError("invalid-argument", `bytes: wanted a number above 0, got ${wanted}`);
  const since = keepusedin === undefined ? undefined : new Date(engine.now().getTime() - keepusedin * 1000);
  const [downloads, cache, images] = await Promise.all([
    removableDownloads(engine),
    removableCache(engine, since),
    removableImages(engine, since),
  ]);
  const candidates = [...downloads, ...cache.candidates, ...images.candidates];
  const kept = [...cache.kept, ...images.kept];
  const separate = await separateShared(engine, [...candidates.map(({ parts }) => parts), ...kept]);
  const separated = candidates.map((one) => ({ ...one, parts: separate(one.parts) }));
  const planned = planFree(separated, kept.map(separate), wanted);
  const Removed = dryrun ? planned.map(toFreed) : await removeAll(engine, planned);
  return {
    Removed,
    FreedBytes: Removed.reduce((sum, { Bytes }) => sum + Bytes, 0),
    Spared: {
      InUse: cache.spared.inUse + images.spared.inUse,
      Pinned: images.spared.pinned,
      Recent: cache.spared.recent + images.spared.recent,
    },
  };
}

/** The reply comes when the space is free. */
async function removeAll(engine: Engine, planned: readonly PlannedRemoval[]): Promise<Freed[]> {
  const removed: Freed[] = [];
  for (const one of planned) if (await one.removable.remove()) removed.push(toFreed(one));
  await releaseSnapshots(engine);
  await collectGarbage(engine);
  return removed;
}

function toFreed({ removable: { kind, id, name, lastUsedAt }, bytes }: PlannedRemoval): Freed {
  return { Kind: kind, Id: id, Name: name, LastUsedAt: lastUsedAt.toISOString(), Bytes: bytes };
}
