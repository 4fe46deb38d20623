import { mkdirSync, readdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../engine.ts";
import { unmountAll } from "../host/mount.ts";
import { removeTree } from "../host/remove-tree.ts";
import { removeMountPoint, removeRootfs } from "../runtime/rootfs.ts";
import { type Container, isAlive } from "./container.ts";
import { type ExitEngine, scheduleRestart } from "./container-exited.ts";
import { discardContainer } from "./discard-container.ts";
import { followExec } from "./exec-run.ts";
import { followRun } from "./follow-run.ts";
import type { HealthEngine } from "./health-monitor.ts";
import { launch } from "./launch.ts";
import { sweep } from "./monitor.ts";
import { shouldStartAtBoot } from "./restart-policy.ts";
import { removeStdio } from "./stdio.ts";

const containerId = /^[0-9a-f]{64}$/;
/** How many containers are started side by side: more only take turns on the disk. */
const parallelStarts = 4;

/**
 * Brings records and machine together after a start, however the last tdockd ended: what runs is adopted, what ended
 * meanwhile is recorded, what was being removed is taken away, what no record claims is deleted. Idempotent.
 */
export async function recoverContainers(engine: ExitEngine, options: { readonly afterBoot: boolean }): Promise<void> {
  clearMounts(engine);
  for (const container of engine.containers.list()) {
    if (container.status.kind === "dead" || isUnfinishedRm(container)) await finishRemoval(engine, container);
  }
  await sweep(engine, options.afterBoot ? 255 : 137);
  await Promise.all([
    clearSnapshots(engine),
    clearOutputs(engine).then(() => clearStdio(engine)),
    clearFolders(engine),
  ]);
}

/** Follows again what runs: health checks, and execs that an earlier tdockd started. */
export function followRunning(engine: HealthEngine): void {
  for (const container of engine.containers.list().filter(isAlive)) followRun(engine, container);
  for (const exec of engine.execs.list()) {
    const container = engine.containers.find(exec.containerId);
    if (exec.status.kind === "running" && container !== undefined) followExec(engine, container, exec);
    else if (container === undefined) engine.execs.remove(exec.id).catch(() => {});
  }
}

/** Starts, in the background, what a restart policy wants running. */
export function startByPolicy(engine: ExitEngine): void {
  const wanted = engine.containers.list().filter(isWantedRunning);
  const next = async (): Promise<void> => {
    for (let container = wanted.pop(); container !== undefined; container = wanted.pop()) {
      await startAgain(engine, container.id);
    }
  };
  for (let worker = 0; worker < parallelStarts; worker++) void next();
  for (const container of engine.containers.list()) {
    if (container.status.kind === "restarting") scheduleRestart(engine, container, 0);
  }
}

function isWantedRunning({ status, hostConfig, stoppedByUser, restartCount }: Container): boolean {
  if (status.kind !== "exited") return false;
  return shouldStartAtBoot(hostConfig.RestartPolicy, { exitCode: status.exitCode, stoppedByUser, restartCount });
}

async function startAgain(engine: ExitEngine, id: string): Promise<void> {
  try {
    using _lock = await engine.containers.lock(id);
    const container = engine.containers.find(id);
    if (container !== undefined && isWantedRunning(container)) await launch(engine, container);
  } catch (err) {
    engine.log.error({ id, err }, "a container that is to run could not be started");
  }
}

/** It ended, and the removal that `--rm` asks for had not begun. */
function isUnfinishedRm({ status, hostConfig }: Container): boolean {
  return hostConfig.AutoRemove === true && status.kind === "exited";
}

async function finishRemoval(engine: ExitEngine, container: Container): Promise<void> {
  using _lock = await engine.containers.lock(container.id);
  await discardContainer(engine, container, { removeVolumes: container.hostConfig.AutoRemove === true }).catch((err) =>
    engine.log.error({ id: container.id, err }, "a removal could not be finished"),
  );
}

/** Roots that were mounted to look into them. */
function clearMounts({ config }: Pick<Engine, "config">): void {
  const folder = join(config.execRoot, "mounts");
  unmountAll(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) removeMountPoint(join(folder, name));
}

/** Roots without a container: a creation or removal that was cut short. */
async function clearSnapshots(engine: ExitEngine): Promise<void> {
  for (const { name } of await engine.containerd.snapshots.list()) {
    if (!containerId.test(name) || isKnown(engine, name)) continue;
    engine.log.info({ id: name }, "removing a root without a container");
    await removeRootfs(engine.containerd, name).catch((err) => engine.log.warn({ id: name, err }, "root not removed"));
  }
}

/** FIFOs of containers that do not run. */
async function clearOutputs(engine: ExitEngine): Promise<void> {
  for (const { id, execId } of await engine.keeper.list()) {
    const container = engine.containers.find(id);
    // An exec that still runs is in the list of execs; its exit has to be met first.
    if (container !== undefined && isAlive(container)) continue;
    await engine.keeper.forget({ id, ...(execId !== undefined && { execId }), drainMs: 0 });
  }
}

/** FIFO folders without a container. */
async function clearStdio(engine: ExitEngine): Promise<void> {
  for (const id of await readdir(join(engine.config.execRoot, "fifo")).catch(() => [])) {
    if (!isKnown(engine, id)) await removeStdio(engine.config, id);
  }
}

/** Folders without a record. A record that was damaged keeps its folder, for somebody to look at. */
async function clearFolders(engine: ExitEngine): Promise<void> {
  const folder = join(engine.config.dataRoot, "containers");
  for (const id of await readdir(folder)) {
    if (!containerId.test(id) || isKnown(engine, id)) continue;
    const files = await readdir(join(folder, id)).catch(() => []);
    if (files.some((file) => file.endsWith(".corrupt"))) continue;
    await removeTree(join(folder, id)).catch((err) => engine.log.warn({ id, err }, "folder not removed"));
  }
}

/** By the full id: a removal under way counts as known until its last file is gone. */
function isKnown(engine: Pick<Engine, "containers" | "live">, id: string): boolean {
  return engine.containers.find(id) !== undefined || engine.live.isSettling(id);
}
