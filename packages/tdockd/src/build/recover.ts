import { rm } from "node:fs/promises";
import { join } from "node:path";
import { isError } from "@tdock/errors/error";
import { unmountAll } from "../host/mount.ts";
import { buildPrefix } from "../runtime/build-step-name.ts";
import type { BuildEngine } from "./build-engine.ts";
import { expireFailedSteps } from "./failed-steps.ts";
import { discardStepProcess } from "./steps/step-process.ts";

/**
 * Clears away what builds were in the middle of when an earlier tdockd ended: processes, mounts, unfinished layers, and
 * finished ones that no record and no image refers to. What was recorded stays, and the next build uses it.
 */
export async function recoverBuilds(engine: BuildEngine): Promise<void> {
  const { containerd, config } = engine;
  for (const { id } of await containerd.containers.list()) {
    if (id.startsWith(buildPrefix)) await discardStepProcess(engine, id);
  }
  const folder = join(config.execRoot, "build");
  unmountAll(folder);
  await rm(folder, { recursive: true, force: true });
  await removeUnfinished(engine);
  await releaseSnapshots(engine);
  await expireFailedSteps(engine);
}

async function removeUnfinished({ containerd }: Pick<BuildEngine, "containerd">): Promise<void> {
  for (const { name, kind } of await containerd.snapshots.list()) {
    if (!name.startsWith(buildPrefix) || kind === "committed") continue;
    await ignoringMissing(() => containerd.snapshots.remove(name));
  }
}

/** Without the label, containerd's collector takes what has no children and no image. */
export async function releaseSnapshots({
  builds,
  containerd,
}: Pick<BuildEngine, "builds" | "containerd">): Promise<void> {
  const kept = new Set(builds.steps.list().map(({ snapshot }) => snapshot));
  for (const { name, kind, labels } of await containerd.snapshots.list()) {
    if (kind !== "committed" || !name.startsWith(buildPrefix) || kept.has(name) || builds.busy.has(name)) continue;
    if (labels["containerd.io/gc.root"] === undefined) continue;
    await ignoringMissing(() => containerd.snapshots.updateLabels(name, { "containerd.io/gc.root": undefined }));
  }
}

async function ignoringMissing(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (!isError(thrown, "not-found") && !isError(thrown, "conflict")) throw thrown;
  }
}
