import { dieWithServer } from "../../host/die-with-server.ts";
import { runOrThrow } from "../../host/run-command.ts";
import { builtLayerLabel, linkedLayerLabel, packedLayerLabel } from "../../images/built-layer.ts";
import { layerFolder } from "../../images/layer/layer-folder.ts";
import type { StepRecord } from "../cache/step-record.ts";
import { makeLayer, newBuildName } from "../layer/make-layer.ts";
import type { BuildRun } from "./build-run.ts";
import { copiedContents } from "./copied-contents.ts";
import type { KnownStep } from "./known-step.ts";
import type { Ref } from "./ref.ts";

/** What of a layer is known already, and what keeps its blob. */
const keptLabels = [
  builtLayerLabel,
  packedLayerLabel,
  "containerd.io/gc.ref.content.packed",
  "containerd.io/gc.ref.content.layer",
];

/** The result of a `COPY --link` put over another parent: the same layer, its files shared. Gives its snapshot's name. */
export async function relinkLayer(run: BuildRun, parent: Ref, { snapshot }: StepRecord): Promise<string> {
  const { engine, signal } = run;
  const { snapshots } = engine.containerd;
  const below = await parent.snapshot();
  const name = newBuildName();
  for (const one of [below, name]) run.hold(one);
  const [{ labels }, folder] = await Promise.all([snapshots.stat(snapshot), layerFolder(engine, snapshot)]);
  await makeLayer(engine, { name, parent: below, isLinked: true }, async ({ upper }) => {
    await runOrThrow(...dieWithServer("cp", ["-al", "--", `${folder}/.`, upper]), { signal });
  });
  const kept = keptLabels.flatMap((label) => (labels[label] === undefined ? [] : [[label, labels[label]] as const]));
  await snapshots.updateLabels(name, Object.fromEntries(kept));
  await snapshots.updateLabels(snapshot, { [linkedLayerLabel]: folder });
  return name;
}

/** Whether a file that the step copied may be one that is below already: programs would take the two for one. */
export async function sharesFiles({ engine }: BuildRun, { files, parent }: KnownStep): Promise<boolean> {
  if (files === undefined || parent.copied.length === 0) return false;
  const { digests } = engine.builds;
  const below = await copiedContents(digests, parent.copied);
  return !below.isDisjointFrom(await copiedContents(digests, [files]));
}
