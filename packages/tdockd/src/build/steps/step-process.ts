import { unlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Mount } from "@tdock/containerd/mount";
import { isError } from "@tdock/errors/error";
import { FifoReader } from "@tdock/keeper/fifo";
import type { Engine } from "../../engine.ts";
import { makeFifo } from "../../host/special-file.ts";
import { hurryCgroupMoves } from "../../runtime/cgroup-moves.ts";
import { hasOomKills } from "../../runtime/oom-kills.ts";
import type { OciSpec } from "../../runtime/spec/oci.ts";

/** A process that belongs to a build: no name, no record, gone with the step. */
export interface StepProcess {
  readonly id: string;
  readonly spec: OciSpec;
  readonly rootfs: readonly Mount[];
  /** Folder of the output's FIFO. */
  readonly folder: string;
  /** Gets what the process prints, both streams in order. No more is read until it resolves. */
  output(bytes: Buffer): Promise<void>;
  /** Kills the process and all that it started. */
  readonly signal: AbortSignal;
  /** Takes what is still tidied up when the process is gone and its root is free. */
  afterwards(work: Promise<void>): void;
}

type ProcessEngine = Pick<Engine, "containerd">;

/** Tells build processes from containers, for whoever looks with ctr. */
const labels = { "tdock.build": "step" };
/** After the process ended its output is nearly always complete; something outside its PID namespace may hold it. */
const drainMs = 2000;
const SIGKILL = 9;

/** How a process of a build ended. */
export interface StepEnd {
  readonly exitCode: number;
  /** The kernel ended one of the step's processes, as there was no more memory for it. */
  readonly ranOutOfMemory: boolean;
}

/**
 * Runs a process to its end and resolves to how it ended. Nothing of it is left, however this ends.
 * Throws what containerd and runc say, and `canceled` when the signal fired.
 */
export async function runStepProcess(engine: ProcessEngine, step: StepProcess): Promise<StepEnd> {
  step.signal.throwIfAborted();
  const { id } = step;
  const path = join(step.folder, "output");
  makeFifo(path);
  const output = new OutputReader(path, step);
  let hasEnded = false;
  try {
    await createTask(engine, step, path);
    const exitCode = await startAndWait(engine, step, output);
    hasEnded = true;
    await Promise.race([output.ended, delay(drainMs, undefined, { ref: false })]);
    step.signal.throwIfAborted();
    return { exitCode, ranOutOfMemory: exitCode !== 0 && hasOomKills(step.spec.linux.cgroupsPath) };
  } finally {
    output.destroy();
    if (hasEnded) await removeTask(engine, id);
    else await endTask(engine, id);
    step.afterwards(removeRecord(engine, id));
    await unlink(path).catch(() => {});
  }
}

async function createTask(
  { containerd: { containers, snapshots, tasks } }: ProcessEngine,
  { id, spec, rootfs }: StepProcess,
  output: string,
): Promise<void> {
  using _moves = hurryCgroupMoves();
  await containers.create({ id, spec, snapshotter: snapshots.snapshotter, labels });
  await tasks.create({ id, rootfs, stdout: output, stderr: output });
}

async function startAndWait({ containerd }: ProcessEngine, step: StepProcess, output: OutputReader): Promise<number> {
  const { tasks } = containerd;
  const { id } = step;
  const kill = () => {
    tasks.kill({ id, signal: SIGKILL, all: true }).catch(() => {}); // it may have ended by itself
  };
  await tasks.start({ id });
  output.started();
  step.signal.addEventListener("abort", kill, { once: true });
  if (step.signal.aborted) kill();
  try {
    return (await tasks.wait({ id })).exitStatus;
  } finally {
    step.signal.removeEventListener("abort", kill);
  }
}

/** Removes a process of a build and its container record, killing it if need be. Does nothing when it is gone. */
export async function discardStepProcess(engine: ProcessEngine, id: string): Promise<void> {
  await endTask(engine, id);
  await removeRecord(engine, id);
}

async function endTask(engine: ProcessEngine, id: string): Promise<void> {
  const { tasks } = engine.containerd;
  await ignoring("not-found", async () => {
    await tasks.kill({ id, signal: SIGKILL, all: true }).catch(() => {});
    await tasks.wait({ id });
    await removeTask(engine, id);
  });
}

/** Removes a process that has ended; its root is not mounted any more then. */
function removeTask({ containerd }: ProcessEngine, id: string): Promise<void> {
  return ignoring("not-found", () => containerd.tasks.delete(id));
}

function removeRecord({ containerd }: ProcessEngine, id: string): Promise<void> {
  return ignoring("not-found", () => containerd.containers.delete(id));
}

async function ignoring(code: "not-found", work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (!isError(thrown, code)) throw thrown;
  }
}

/** Reads the FIFO piece by piece, never more than one ahead of who consumes it. */
class OutputReader {
  readonly ended: Promise<void>;
  private readonly fifo: FifoReader;
  private readonly memory = Buffer.alloc(64 * 1024);
  private pending: Promise<void> = Promise.resolve();

  constructor(path: string, { output }: Pick<StepProcess, "output">) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise.then(() => this.pending);
    this.fifo = new FifoReader(path, {
      buffer: () => this.memory,
      receive: (length) => {
        // when nobody listens any more, the build is being stopped
        this.pending = output(Buffer.from(this.memory.subarray(0, length))).catch(() => {});
        this.pending.then(() => this.fifo.resume());
        return false;
      },
      end: resolve,
    });
  }

  /** The process has the other end now: when it closes it, the output is complete. */
  started(): void {
    this.fifo.releaseWriteEnd();
  }

  destroy(): void {
    this.fifo.destroy();
  }
}
