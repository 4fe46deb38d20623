import type { LayerInfo } from "../cache/step-record.ts";
import { importStep } from "../remote-cache/import-layer.ts";
import type { BuildRun } from "./build-run.ts";
import { dateOf } from "./carry-out.ts";
import type { KnownStep } from "./known-step.ts";
import { relinkLayer, sharesFiles } from "./relink-layer.ts";

/** A step's layer that is not where it is needed yet. */
export interface LentLayer {
  readonly layer: LayerInfo;
  readonly createdAt: string;
  /** Makes its snapshot, and gives its name. */
  place(): Promise<string>;
}

/** A result that only has to be put in its place: of a `COPY --link` that stood elsewhere, or of another engine. */
export async function findLent(run: BuildRun, known: KnownStep): Promise<LentLayer | undefined> {
  const { key, linkKey, parent } = known;
  const linked = linkKey === undefined ? undefined : run.engine.builds.steps.linked(linkKey);
  const layer = linked?.layers.at(-1);
  if (linked !== undefined && layer !== undefined && !(await sharesFiles(run, known))) {
    run.hold(linked.snapshot);
    return { layer, createdAt: dateOf(run, linked.createdAt), place: () => relinkLayer(run, parent, linked) };
  }
  const imported = parent.isAnew ? undefined : await run.imports.step(key);
  return imported && { ...imported, place: () => importStep(run, parent, imported) };
}
