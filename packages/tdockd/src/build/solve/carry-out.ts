import { randomBytes } from "node:crypto";
import { TdockError } from "@tdock/errors/error";
import { builtLayerLabel } from "../../images/built-layer.ts";
import { measureLayer } from "../../images/layer/measure-layer.ts";
import type { LayerInfo, StepRecord } from "../cache/step-record.ts";
import { keepFailedStep } from "../failed-steps.ts";
import { type CommittedLayer, makeLayer, newBuildName, type OpenLayer } from "../layer/make-layer.ts";
import type { Step } from "../plan/operation.ts";
import type { Vertex } from "../progress/progress.ts";
import { copyIntoLayer } from "../steps/copy.ts";
import { runInLayer } from "../steps/run.ts";
import { checkRunnable } from "../steps/runnable.ts";
import type { Source } from "../steps/source.ts";
import { makeWorkdir } from "../steps/workdir.ts";
import type { BuildRun } from "./build-run.ts";
import { copiedContents } from "./copied-contents.ts";
import type { FileSources } from "./file-sources.ts";
import type { KnownStep } from "./known-step.ts";
import { missReason } from "./miss-reason.ts";

/** Uncompressed: the blob's digest is then the diff ID, and no byte is written until somebody wants it. */
const layerType = "application/vnd.oci.image.layer.v1.tar";

/** A layer that has just been made. */
export interface MadeLayer extends CommittedLayer {
  readonly createdAt: string;
}

/**
 * Makes a step's layer over its parent's. What it reads from is there before it takes one of the places for running
 * steps, so that steps never wait for each other's places. Throws what the step throws.
 */
export async function carryOut(run: BuildRun, files: FileSources, known: KnownStep): Promise<MadeLayer> {
  const { step } = known;
  if (step.operation.kind === "run") await checkPlatform(run, known);
  const [parent, sources] = await Promise.all([known.parent.snapshot(), openSources(files, step)]);
  run.hold(parent);
  const layer = await run.steps.run(run.signal, () =>
    run.progress.run(step.title, step.line, async (vertex) => {
      const reason = await missReason(run, known);
      if (reason !== undefined) vertex.miss(reason);
      return makeStepLayer(run, known, parent, sources, vertex);
    }),
  );
  return {
    ...layer,
    createdAt: dateOf(run, run.engine.now().toISOString()),
  };
}

/** When a result was made, as images and caches tell it: SOURCE_DATE_EPOCH takes the place of every time. */
export function dateOf({ epoch }: Pick<BuildRun, "epoch">, madeAt: string): string {
  return epoch === undefined ? madeAt : new Date(epoch * 1000).toISOString();
}

/** What cannot run fails before anything is made for it. */
async function checkPlatform({ progress }: BuildRun, { step, place }: KnownStep): Promise<void> {
  try {
    await checkRunnable(place.platform);
  } catch (thrown) {
    await progress.fail(step.title, step.line, thrown);
  }
}

/** What a step reads from, in the order of its mounts. */
function openSources(files: FileSources, { operation }: Step): Promise<readonly Source[]> {
  if (operation.kind === "copy") return Promise.all([files.openCopied(operation)]);
  if (operation.kind === "run") return Promise.all(operation.mounts.map(({ origin }) => files.open(origin)));
  return Promise.resolve([]);
}

async function makeStepLayer(
  run: BuildRun,
  known: KnownStep,
  parent: string,
  sources: readonly Source[],
  vertex: Vertex,
): Promise<CommittedLayer> {
  const { operation } = known.step;
  const write = async (layer: OpenLayer) => {
    switch (operation.kind) {
      case "workdir":
        return makeWorkdir(run, layer, operation);
      case "copy": {
        const [source] = sources as [Source];
        const { fetched, scratch } = known.files as NonNullable<KnownStep["files"]>;
        const unshared = () => copiedContents(run.engine.builds.digests, known.parent.copied);
        return copyIntoLayer(run, layer, { operation, source, fetched, scratch, unshared });
      }
      case "run": {
        const sourceOf = async (mount: (typeof operation.mounts)[number]) =>
          sources[operation.mounts.indexOf(mount)] as Source;
        return runInLayer(run, layer, { operation, sourceOf, output: (bytes) => vertex.log(bytes) });
      }
    }
  };
  const isKept = run.keepFailed && operation.kind === "run";
  let kept: CommittedLayer | undefined;
  const name = newBuildName();
  run.hold(name);
  try {
    return await makeLayer(
      run.engine,
      { name, parent, isLinked: operation.kind === "copy" && sources[0]?.kind === "tree" },
      write,
      isKept
        ? (layer) => {
            kept = layer;
          }
        : undefined,
    );
  } catch (thrown) {
    const error = TdockError.from(thrown);
    if (kept !== undefined && error.code !== "canceled")
      await keepStep(run, known, kept, vertex, error).catch((err) => {
        run.engine.log.warn({ err }, "what a failed step left is not kept");
      });
    throw thrown;
  }
}

/** Makes a failed step's state an image, and says under which ID. */
async function keepStep(run: BuildRun, known: KnownStep, layer: CommittedLayer, vertex: Vertex, error: TdockError) {
  const { operation } = known.step;
  const exitCode = /^exit-code-(\d+)$/.exec(error.reason ?? "")?.[1];
  if (operation.kind !== "run" || exitCode === undefined) return;
  const layers = [...(await known.parent.layers()), await layerInfo(run, layer)];
  const failed = { operation, snapshot: layer.name, layers };
  vertex.keep(await keepFailedStep(run.engine, failed), Number(exitCode));
}

/** Learns a new layer's digest; its bytes are read once. */
export async function layerInfo(run: BuildRun, { name, folder }: CommittedLayer): Promise<LayerInfo> {
  const { diffId, sizeBytes } = await measureLayer(folder, run.signal);
  const label = { [builtLayerLabel]: diffId };
  await run.engine.containerd.snapshots.updateLabels(name, label);
  return { diffId, mediaType: layerType, digest: diffId, size: sizeBytes };
}

/** The record by which later builds find the step. */
export async function recordOf(
  run: BuildRun,
  known: KnownStep,
  made: Pick<MadeLayer, "name" | "createdAt">,
  layers: readonly LayerInfo[],
): Promise<StepRecord> {
  const { sizeBytes } = await run.engine.containerd.snapshots.usage(made.name);
  const now = run.engine.now().toISOString();
  return {
    key: known.key,
    linkKey: known.linkKey,
    id: randomBytes(6).toString("hex"),
    slot: known.slot,
    title: known.step.title,
    snapshot: made.name,
    layers,
    inputs: known.inputs,
    sizeBytes,
    createdAt: run.epoch === undefined ? made.createdAt : now,
    lastUsedAt: now,
    usageCount: 1,
  };
}
