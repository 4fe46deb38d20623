import type { BuildRun } from "../solve/build-run.ts";
import type { Ref } from "../solve/ref.ts";
import { exportCache } from "./export-cache.ts";
import type { CacheTarget } from "./location.ts";

/** The steps of a build: those of the target's stage, and of all stages that it needed. */
export interface BuiltSteps {
  readonly target: readonly Ref[];
  readonly all: readonly Ref[];
}

/** Writes the results of a build's steps wherever they are wanted beside the image. Throws as {@link exportCache}. */
export async function exportCaches(run: BuildRun, targets: readonly CacheTarget[], steps: BuiltSteps): Promise<void> {
  for (const { location, mode } of targets) {
    if (location === "inline") continue;
    await exportCache(run, mode === "max" ? steps.all : steps.target, { location, mode });
  }
}
