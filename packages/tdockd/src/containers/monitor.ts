import { setTimeout as delay } from "node:timers/promises";
import type { TaskEvent } from "@tdock/containerd/task-event";
import { isBuildStep } from "../runtime/build-step-name.ts";
import { isAlive } from "./container.ts";
import { containerExited, type ExitEngine } from "./container-exited.ts";
import { containerLackedMemory } from "./container-lacked-memory.ts";
import { discardTask } from "./discard-task.ts";
import { thaw } from "./thaw.ts";

const sweepIntervalMs = 30_000;
const reconnectDelayMs = 200;

/**
 * Follows what happens to tasks until the signal aborts. Events are hints, since containerd loses those of the time it
 * was away; what its task list says is the truth, read after every connect and now and then.
 */
export async function monitorTasks(engine: ExitEngine, signal: AbortSignal): Promise<void> {
  const sweeps = setInterval(() => sweep(engine).catch(() => {}), sweepIntervalMs);
  signal.addEventListener("abort", () => clearInterval(sweeps), { once: true });
  while (!signal.aborted) {
    try {
      await followEvents(engine, signal);
    } catch (err) {
      if (signal.aborted) return;
      engine.log.debug({ err }, "containerd's events broke off");
    }
    await delay(reconnectDelayMs, undefined, { signal }).catch(() => {});
  }
}

async function followEvents(engine: ExitEngine, signal: AbortSignal): Promise<void> {
  for await (const event of engine.containerd.events.subscribe(["^/tasks/"], { signal })) {
    if (event.kind === "subscribed") await sweep(engine);
    if (event.kind === "task") meet(engine, event);
  }
}

function meet(engine: ExitEngine, event: TaskEvent): void {
  if (event.event === "oom") {
    containerLackedMemory(engine, event.containerId).catch((err) => {
      engine.log.error({ id: event.containerId, err }, "a lack of memory was not told");
    });
  }
  if (event.event !== "exit") return;
  const { id, containerId, pid, exitStatus, exitedAt } = event;
  // An exec's exit carries the exec's id.
  if (id !== containerId) {
    engine.execs.exits.tell(id, exitStatus);
    return;
  }
  containerExited(engine, containerId, { pid, exitCode: exitStatus, exitedAt }).catch((err) => {
    engine.log.error({ id: containerId, err }, "an exit was not dealt with");
  });
}

/**
 * Sets records right by containerd's list: exits that were missed, tasks that are gone (their shim was killed: 137,
 * or the machine was started anew: 255), tasks that no record says run; also what was cut short when an earlier tdockd
 * ended while it started, froze or thawed a container.
 */
export async function sweep(engine: ExitEngine, lostExitCode = 137): Promise<void> {
  const before = engine.containers.list().filter(isAlive);
  const tasks = new Map((await engine.containerd.tasks.list()).map((task) => [task.id, task]));
  for (const { id, status } of before) {
    const task = tasks.get(id);
    if (task === undefined) {
      const pid = "pid" in status ? status.pid : 0;
      await containerExited(engine, id, { pid, exitCode: lostExitCode, exitedAt: engine.now() });
    } else if (task.exit !== undefined) {
      const { exitStatus, exitedAt } = task.exit;
      await containerExited(engine, id, { pid: task.pid, exitCode: exitStatus, exitedAt });
    } else if ((task.status === "paused") !== (status.kind === "paused")) await alignFreezing(engine, id);
  }
  for (const { id } of tasks.values())
    if (!isBuildStep(id) && !isKnownToRun(engine, id)) await discardStray(engine, id);
}

/** Nobody has asked for it to be frozen, or it is no more. With its lock held nobody is just changing that. */
async function alignFreezing(engine: ExitEngine, id: string): Promise<void> {
  using _lock = await engine.containers.lock(id);
  const recorded = engine.containers.find(id)?.status;
  const { status } = await engine.containerd.tasks.get({ id });
  if (status === "paused" && recorded?.kind === "running") await thaw(engine, id);
  if (status !== "running" || recorded?.kind !== "paused") return;
  await engine.containers.update(id, (record) => ({ ...record, status: { ...recorded, kind: "running" } }));
}

/** A task of no container, or of one whose start was cut short before it was recorded. */
async function discardStray(engine: ExitEngine, id: string): Promise<void> {
  using _lock = await engine.containers.lock(id);
  await engine.live.settled(id);
  if (isKnownToRun(engine, id)) return;
  await discardTask(engine, id);
  await engine.keeper.forget({ id, drainMs: 0 });
}

function isKnownToRun({ containers }: ExitEngine, id: string): boolean {
  const container = containers.find(id);
  return container !== undefined && isAlive(container);
}
