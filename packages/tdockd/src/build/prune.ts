import type { BuildPruneResponse, buildPrune } from "@tdock/api/build";
import type { Input } from "@tdock/api/endpoint";
import type { BuildEngine } from "./build-engine.ts";
import type { StepRecord } from "./cache/step-record.ts";
import { removeFailedSteps } from "./failed-steps.ts";
import { releaseSnapshots } from "./recover.ts";

/**
 * Removes results of steps, the longest unused first: all of them with `all`, else until no more than the given space
 * is used; without a limit, those that no build of the last day used. Never what a build that runs now has used.
 */
export async function pruneBuilds(engine: BuildEngine, input: Input<typeof buildPrune>): Promise<BuildPruneResponse> {
  const { builds } = engine;
  const removed = chooseSteps(engine, input);
  for (const { key } of removed) await builds.steps.remove(key);
  if (input.all === true && builds.busy.size === 0) {
    await removeFailedSteps(engine);
    await builds.digests.clear();
    await builds.cacheMounts.clear();
    await builds.contexts.clear();
  }
  await releaseSnapshots(engine);
  const SpaceReclaimed = removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { CachesDeleted: removed.map(({ id }) => id), SpaceReclaimed };
}

const dayMs = 24 * 3600 * 1000;

function chooseSteps({ builds, now }: BuildEngine, input: Input<typeof buildPrune>): StepRecord[] {
  const idle = builds.steps
    .list()
    .filter(({ snapshot }) => !builds.busy.has(snapshot))
    .sort((one, other) => (one.lastUsedAt < other.lastUsedAt ? -1 : 1));
  if (input.all === true) return idle;
  const limit = input["max-used-space"] || input["reserved-space"] || input["keep-storage"];
  if (!limit) return idle.filter(({ lastUsedAt }) => now().getTime() - Date.parse(lastUsedAt) > dayMs);
  return overLimit(idle, limit);
}

/** As many of the longest unused as it takes to come below `limit` bytes. */
export function overLimit(idle: readonly StepRecord[], limit: number): StepRecord[] {
  let used = idle.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return idle.filter(({ sizeBytes }) => {
    if (used <= limit) return false;
    used -= sizeBytes;
    return true;
  });
}
