import { randomBytes } from "node:crypto";
import type { BuildEngine } from "./build-engine.ts";
import type { LayerInfo } from "./cache/step-record.ts";
import { exportImage } from "./export-image.ts";
import type { ImageDefaults } from "./plan/image-document.ts";
import type { RunOperation } from "./plan/operation.ts";

/** Repository of the images under which failed steps are kept, full and as people write it. */
const repository = "docker.io/library/tdock-step";

const lifetimeMs = 3600 * 1000;

/** What a step left, to be looked into. */
export interface FailedStep {
  readonly operation: RunOperation;
  readonly snapshot: string;
  readonly layers: readonly LayerInfo[];
}

/** Keeps what a failed step left as the image `tdock-step:ID` for an hour; returns the ID. */
export async function keepFailedStep(
  engine: BuildEngine,
  { operation, snapshot, layers }: FailedStep,
): Promise<string> {
  const id = randomBytes(4).toString("hex");
  const config: ImageDefaults = {
    Env: operation.env,
    User: operation.user,
    WorkingDir: operation.cwd,
    Cmd: operation.args,
  };
  const created = engine.now().toISOString();
  const platform = { os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch };
  const history = layers.map(() => ({ created, created_by: "tdock: a build step that failed" }));
  const rootfs = { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) } as const;
  const document = { ...platform, config, created, history, rootfs };
  await exportImage(engine, [{ document, layers, snapshot }], { names: [`${repository}:${id}`], asIndex: false });
  setTimeout(() => removeFailedStep(engine, id), lifetimeMs).unref();
  return id;
}

async function removeFailedStep(engine: Pick<BuildEngine, "images">, id: string): Promise<void> {
  await engine.images.removeName(`${repository}:${id}`).catch(() => {}); // it may have been removed by hand
}

/** Removes all of them. */
export async function removeFailedSteps({ images }: Pick<BuildEngine, "images">): Promise<void> {
  for (const { name } of await images.names()) {
    if (name.startsWith(`${repository}:`)) await images.removeName(name);
  }
}
