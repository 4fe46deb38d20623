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
  removeLater(engine, `${repository}:${id}`, lifetimeMs);
  return id;
}

/** Lets those that an earlier tdockd kept go when their hour is over. */
export async function expireFailedSteps(engine: Pick<BuildEngine, "images" | "now">): Promise<void> {
  for (const { name, createdAt } of await engine.images.names()) {
    if (!name.startsWith(`${repository}:`)) continue;
    const ageMs = engine.now().getTime() - (createdAt?.getTime() ?? 0);
    removeLater(engine, name, Math.min(lifetimeMs, Math.max(0, lifetimeMs - ageMs)));
  }
}

function removeLater({ images }: Pick<BuildEngine, "images">, name: string, ms: number): void {
  const remove = () => images.removeName(name).catch(() => {}); // it may have been removed by hand
  setTimeout(remove, ms).unref();
}

/** Removes all of them. */
export async function removeFailedSteps({ images }: Pick<BuildEngine, "images">): Promise<void> {
  for (const { name } of await images.names()) {
    if (name.startsWith(`${repository}:`)) await images.removeName(name);
  }
}
