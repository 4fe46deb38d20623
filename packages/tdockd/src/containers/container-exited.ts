import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { closeSandbox } from "../networks/close-sandbox.ts";
import { Phases } from "../runtime/phases.ts";
import { closeMountPoints } from "../volumes/oci-mounts.ts";
import { type Container, type Ended, isAlive } from "./container.ts";
import { tellUnseenLackOfMemory } from "./container-lacked-memory.ts";
import { discardContainer, type RemoveEngine } from "./discard-container.ts";
import { discardTask } from "./discard-task.ts";
import { containerEvent } from "./event.ts";
import { type LaunchEngine, launch } from "./launch.ts";
import { restartDelayMs, shouldRestart } from "./restart-policy.ts";
import { releaseSharedMemory } from "./shared-memory.ts";
import { startFailureExitCode } from "./start-failure.ts";
import { updateAnyway } from "./update-anyway.ts";

export type ExitEngine = LaunchEngine & RemoveEngine;

export interface TaskEnd {
  /** Of the process that ended: an exit that belongs to an earlier run is told by it. 0 when it is not known. */
  readonly pid: number;
  readonly exitCode: number;
  readonly exitedAt: Date;
}

/**
 * A container's process has ended: drains its output, frees its network, records the exit, tells who waits, and does
 * what its restart policy or `--rm` asks for. Safe to call twice for one exit.
 */
export async function containerExited(engine: ExitEngine, id: string, end: TaskEnd): Promise<void> {
  using _lock = await engine.containers.lock(id);
  const phases = new Phases();
  const container = engine.containers.find(id);
  if (container === undefined || !isOfThisRun(container, end)) return;
  tellUnseenLackOfMemory(engine, container);
  const ended = endedOf(engine, container, end);
  const ranForMs = engine.live.endRun(id) ?? end.exitedAt.getTime() - Date.parse(ended.startedAt);
  const isKept = engine.live.isKept(id);
  const { stoppedByUser, restartCount } = container;
  const run = { exitCode: end.exitCode, stoppedByUser, restartCount };
  const restarting = !isKept && shouldRestart(container.hostConfig.RestartPolicy, run);
  const after = await updateAnyway(engine, id, (record) => ({
    ...record,
    status: { kind: restarting ? "restarting" : "exited", ...ended },
  }));
  engine.live.oomKilled.delete(id);
  phases.mark("record");
  await engine.keeper.forget({ id }).catch((err) => engine.log.error({ id, err }, "output was not drained"));
  phases.mark("drain");
  await closeSandbox(engine, id).catch((err) => engine.log.error({ id, err }, "network was not taken down"));
  phases.mark("network");
  engine.log.debug({ id, phases: phases.all }, "ended");
  containerEvent(engine, after, "die", { exitCode: String(end.exitCode), execDuration: wholeSeconds(ranForMs) });
  engine.live.exits.notify(id, "exit", { exitCode: end.exitCode });
  if (after.hostConfig.AutoRemove === true && !isKept) {
    await discardContainer(engine, after, { removeVolumes: true });
    return;
  }
  engine.live.settle(id, cleanUp(engine, after));
  if (restarting) scheduleRestart(engine, after, ranForMs);
}

/** Starts a container again when its time has come, unless somebody was quicker. */
export function scheduleRestart(engine: ExitEngine, { id }: Container, ranForMs: number): void {
  engine.live.scheduleRestart(id, restartDelayMs(engine.live.lastRestartDelayMs(id), ranForMs), () => {
    restart(engine, id).catch((err) => engine.log.warn({ id, err }, "restart by policy failed"));
  });
}

async function restart(engine: ExitEngine, id: string): Promise<void> {
  using _lock = await engine.containers.lock(id);
  const container = engine.containers.find(id);
  if (container?.status.kind !== "restarting") return;
  const counted = await engine.containers.update(id, (record) => ({
    ...record,
    restartCount: record.restartCount + 1,
  }));
  try {
    await launch(engine, counted);
  } catch (thrown) {
    const { message: error, reason } = TdockError.from(thrown);
    const exitCode = startFailureExitCode(reason);
    const { stoppedByUser, restartCount } = counted;
    const isTriedAgain = shouldRestart(counted.hostConfig.RestartPolicy, { exitCode, stoppedByUser, restartCount });
    const failed = await engine.containers.update(id, (record) => ({
      ...record,
      status:
        record.status.kind === "restarting"
          ? { ...record.status, kind: isTriedAgain ? "restarting" : "exited", exitCode, error }
          : record.status,
    }));
    if (isTriedAgain) scheduleRestart(engine, failed, 0);
    else engine.live.exits.notify(id, "exit", { exitCode, error });
    throw thrown;
  }
}

function isOfThisRun(container: Container, end: TaskEnd): boolean {
  const { status } = container;
  if (!isAlive(container) || !("pid" in status)) return false;
  return end.pid === 0 || end.pid === status.pid;
}

function endedOf(engine: Pick<Engine, "live">, container: Container, end: TaskEnd): Ended {
  const startedAt = "startedAt" in container.status ? container.status.startedAt : "";
  return {
    exitCode: end.exitCode,
    startedAt,
    // It may have ended before its start was answered.
    finishedAt: [startedAt, end.exitedAt.toISOString()].sort()[1] ?? "",
    oomKilled: engine.live.oomKilled.has(container.id),
    error: "",
  };
}

function wholeSeconds(ms: number): string {
  return String(Math.max(0, Math.floor(ms / 1000)));
}

/** Shim, containerd's record, shared memory: nobody waits for these, and the next start does. */
async function cleanUp(engine: ExitEngine, container: Container): Promise<void> {
  const { id } = container;
  try {
    await discardTask(engine, id);
    await closeMountPoints(engine, container);
    releaseSharedMemory(engine, id);
  } catch (err) {
    engine.log.error({ id, err }, "an ended container was not cleaned up");
  }
}
