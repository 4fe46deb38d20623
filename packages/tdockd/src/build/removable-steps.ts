import { type Parts, stackParts } from "../images/image-parts.ts";
import type { LayerSizes } from "../images/layer-sizes.ts";
import type { Removable } from "../system/free-plan.ts";
import type { BuildEngine } from "./build-engine.ts";

/** Results of build steps as `free` sees them. */
export interface RemovableSteps {
  /** The longest unused first. */
  readonly candidates: readonly Removable[];
  /** What the others hold, and builds that run now. */
  readonly kept: readonly Parts[];
  readonly spared: { readonly inUse: number; readonly recent: number };
}

/** Sorts results of build steps into those that may go and those that stay: in use by a build, or used since `since`. */
export async function removableSteps(
  engine: Pick<BuildEngine, "builds"> & { readonly layerSizes: LayerSizes },
  since: Date | undefined,
): Promise<RemovableSteps> {
  const { builds } = engine;
  const candidates: Removable[] = [];
  const kept = await Promise.all([...builds.busy].map((snapshot) => stackParts(engine, snapshot)));
  const spared = { inUse: 0, recent: 0 };
  for (const { key, id, title, snapshot, lastUsedAt } of builds.steps.list()) {
    const parts = await stackParts(engine, snapshot);
    const isBusy = builds.busy.has(snapshot);
    const isRecent = since !== undefined && new Date(lastUsedAt) >= since;
    if (isBusy || isRecent) {
      spared[isBusy ? "inUse" : "recent"] += 1;
      kept.push(parts);
      continue;
    }
    const remove = async () => {
      if (builds.busy.has(snapshot)) return false;
      await builds.steps.remove(key);
      return true;
    };
    candidates.push({ kind: "build-cache", id, name: title, lastUsedAt: new Date(lastUsedAt), parts, remove });
  }
  candidates.sort((one, other) => one.lastUsedAt.getTime() - other.lastUsedAt.getTime());
  return { candidates, kept, spared };
}
