import { setTimeout as delay } from "node:timers/promises";
import type { NewContainer } from "@tdock/containerd/containers";
import type { NewTask } from "@tdock/containerd/tasks";
import { isError, TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { closeSandbox } from "../networks/close-sandbox.ts";
import { openSandbox } from "../networks/open-sandbox.ts";
import { hurryCgroupMoves } from "../runtime/cgroup-moves.ts";
import { requireCommands, runtimeCommands } from "../runtime/detached-process.ts";
import { Phases } from "../runtime/phases.ts";
import { closeMountPoints, launchMounts } from "../volumes/oci-mounts.ts";
import type { Container } from "./container.ts";
import { networkFileMounts, networkNamespace, sandboxRequest } from "./container-network.ts";
import { containerSpec } from "./container-spec.ts";
import { discardTask } from "./discard-task.ts";
import { containerEvent } from "./event.ts";
import { rootfsOf } from "./rootfs-of.ts";
import { joinSharedMemory, releaseSharedMemory } from "./shared-memory.ts";
import { openRequest } from "./stdio.ts";

export type LaunchEngine = Pick<
  Engine,
  | "config"
  | "containerd"
  | "containers"
  | "events"
  | "images"
  | "keeper"
  | "log"
  | "networks"
  | "now"
  | "security"
  | "volumes"
  | "live"
>;

/**
 * Brings a container's process to life; call with the container's lock held. On failure nothing is left running,
 * mounted or linked, and the error says why in the user's terms.
 */
export async function launch(engine: LaunchEngine, container: Container): Promise<Container> {
  const { id } = container;
  await engine.live.settled(id);
  try {
    const pid = await bringUp(engine, container);
    const startedAt = engine.now().toISOString();
    engine.live.beginRun(id);
    const started = await engine.containers.update(id, (record) => ({
      ...record,
      status: { kind: "running", pid, startedAt },
      stoppedByUser: false,
    }));
    containerEvent(engine, started, "start");
    engine.live.exits.notify(id, "start", { exitCode: 0 });
    engine.live.onStart(started);
    return started;
  } catch (thrown) {
    await takeDown(engine, container);
    throw thrown;
  }
}

/** What depends on nothing runs side by side: the keeper opens the FIFOs while root and network are being made. */
async function bringUp(engine: LaunchEngine, container: Container): Promise<number> {
  const { id } = container;
  using _moves = hurryCgroupMoves();
  const phases = new Phases();
  const stdio = openRequest(engine, container);
  const opening = engine.keeper.open(stdio);
  // A rejection is met below; until then it must not count as unhandled.
  opening.catch(() => {});
  const { mounts: rootfs, identity } = await rootfsOf(engine, container);
  phases.mark("rootfs");
  const sandbox = await openSandbox(engine, sandboxRequest(engine, container));
  phases.mark("network");
  const spec = await containerSpec(engine, container, {
    identity,
    network: networkNamespace(sandbox),
    hostname: sandbox.hostname,
    mounts: await launchMounts(engine, container, networkFileMounts(engine, container, sandbox)),
    shmSource: joinSharedMemory(engine, container),
  });
  phases.mark("spec");
  await opening;
  const record = { id, spec, snapshotter: engine.containerd.snapshots.snapshotter };
  const task = {
    id,
    rootfs,
    stdin: stdio.stdinPath ?? "",
    stdout: stdio.stdoutPath,
    stderr: stdio.stderrPath ?? "",
    terminal: container.config.Tty === true,
  };
  const pid = await createTask(engine, phases, { record, task });
  phases.mark("task-create");
  await engine.containerd.tasks.start({ id });
  phases.mark("task-start");
  await engine.keeper.started({ id });
  engine.log.debug({ id, phases: phases.all }, "started");
  return pid;
}

interface NewProcess {
  readonly record: NewContainer;
  readonly task: NewTask;
}

const maxAttempts = 50;
const retryMs = 100;

/** What is there already was left by a start that was cut short; containerd may still be cleaning up behind it. */
async function createTask(engine: LaunchEngine, phases: Phases, { record, task }: NewProcess): Promise<number> {
  const { containers, tasks } = engine.containerd;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await containers.create(record);
      phases.mark("record");
      return await tasks.create(task);
    } catch (thrown) {
      if (isError(thrown, "unavailable", "runtime-missing")) requireCommands(runtimeCommands);
      if (!isError(thrown, "conflict") || attempt === maxAttempts) throw thrown;
      await discardTask(engine, record.id);
      if (attempt > 1) await delay(retryMs);
    }
  }
}

async function takeDown(engine: LaunchEngine, container: Container): Promise<void> {
  const { id } = container;
  const failures: unknown[] = [];
  for (const step of [
    () => discardTask(engine, id),
    () => engine.keeper.forget({ id, drainMs: 0 }),
    () => closeSandbox(engine, id),
    () => closeMountPoints(engine, container),
    () => releaseSharedMemory(engine, id),
  ]) {
    try {
      await step();
    } catch (thrown) {
      failures.push(thrown);
    }
  }
  for (const thrown of failures) engine.log.warn({ id, err: TdockError.from(thrown) }, "clean-up after a failed start");
}
