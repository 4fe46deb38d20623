import { createReadStream } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { StagedLayer } from "../../images/layer-store.ts";
import { layerCompression } from "../../registry/media-type.ts";
import { makeLayer, newBuildName } from "../layer/make-layer.ts";
import type { BuildRun } from "../solve/build-run.ts";
import type { Ref } from "../solve/ref.ts";
import type { CachedStep } from "./document.ts";
import type { Imported } from "./imported-cache.ts";

/**
 * Makes a snapshot of a step's result that another engine kept, over its parent's. Both the blob and what is in it are
 * verified. Returns the snapshot's name. Throws `invalid-argument` for what is damaged, and what the source throws.
 */
export async function importStep(run: BuildRun, parent: Ref, step: Imported<CachedStep>): Promise<string> {
  const { engine } = run;
  const { digest, size } = step.layer;
  const name = newBuildName();
  run.hold(name);
  const path = join(run.scratch, newBuildName());
  await using staged = await stageImported(run, step, path);
  const below = await parent.snapshot();
  run.hold(below);
  await engine.arrivalLease.with(async (lease) => {
    await engine.blobs.adopt(path, { digest, size }, lease);
    await makeLayer(engine, { name, parent: below }, ({ upper }) => rename(staged.folder, upper));
    // An image of it needs the blob as well: it is not made from the files again.
    await engine.containerd.snapshots.updateLabels(name, { "containerd.io/gc.ref.content.layer": digest });
  });
  return name;
}

/** Fetches and unpacks what another engine kept. Both the blob and what is in it are verified. Throws likewise. */
export async function stageImported(
  { engine, signal }: BuildRun,
  { layer, source }: Imported<Pick<CachedStep, "layer">>,
  path: string,
): Promise<StagedLayer> {
  const compression = layerCompression(layer.mediaType);
  if (compression === undefined) throw new TdockError("invalid-argument", `unknown kind of layer: ${layer.mediaType}`);
  await source.fetch(layer, path);
  const bytes = createReadStream(path, { highWaterMark: 256 * 1024 });
  const staged = await engine.layers.stage(bytes, { compression, diffId: layer.diffId }, signal);
  if (staged.facts.needsLowerLayers === undefined) return staged;
  await staged[Symbol.asyncDispose]();
  throw new TdockError("invalid-argument", `${layer.digest} is no layer of a build step`);
}
