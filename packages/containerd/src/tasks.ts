import { encodeJsonAny, encodeMessageAny, ociTypeUrls } from "./any.ts";
import { OptionsSchema } from "./gen/runc-options_pb.ts";
import { Tasks as Service } from "./gen/tasks_pb.ts";
import { type TaskMetrics, taskMetricsOf } from "./metrics.ts";
import { type Mount, mountInit } from "./mount.ts";
import { present } from "./present.ts";
import type { CallOptions, Rpc } from "./rpc.ts";
import type { RuncOptions } from "./runc-options.ts";
import { type TaskExit, type TaskState, taskExitOf, taskStateOf } from "./task.ts";

/** Paths of FIFOs (or shim logger URIs) for a process; "" or absent discards output and gives no input. */
export interface ProcessStdio {
  readonly stdin?: string;
  readonly stdout?: string;
  /** Must be absent with a terminal. */
  readonly stderr?: string;
  readonly terminal?: boolean;
}

/** What {@link Tasks.create} takes. */
export interface NewTask extends ProcessStdio {
  /** ID of the container record, whose spec and runtime it takes. */
  readonly id: string;
  readonly rootfs: readonly Mount[];
  /** Override the container record's runtime options. */
  readonly options?: RuncOptions;
}

/** What {@link Tasks.exec} takes. */
export interface NewExec extends ProcessStdio {
  readonly id: string;
  readonly execId: string;
  /** The OCI runtime spec's `process`. */
  readonly process: object;
}

/** A process of a container: the task itself, or the exec that is named. */
export interface ProcessId {
  readonly id: string;
  readonly execId?: string | undefined;
}

/** What deleting a process gives; `pid` was its process ID. */
export interface DeletedTask extends TaskExit {
  readonly pid: number;
}

/**
 * containerd's tasks (`services/tasks/v1`): the processes that run. A task that is not there, or a process that has
 * ended where a live one is needed, is `not-found`; one in the wrong state is `conflict`. Errors of runc carry an
 * {@link ErrorReason}.
 */
export interface Tasks {
  /** Starts shim and runc, which set everything up and stop short of the program. Resolves to the pid. */
  create(task: NewTask, options?: CallOptions): Promise<number>;
  /** Runs the program of a created task or an exec that was added. Resolves to the pid. */
  start(process: ProcessId, options?: CallOptions): Promise<number>;
  /** `all` signals every process of the container's cgroup. */
  kill(process: ProcessId & { readonly signal: number; readonly all?: boolean }, options?: CallOptions): Promise<void>;
  /** Removes a stopped task and its shim. `conflict` while it runs. */
  delete(id: string, options?: CallOptions): Promise<DeletedTask>;
  /** Removes a stopped exec. */
  deleteProcess(id: string, execId: string, options?: CallOptions): Promise<DeletedTask>;
  /** Adds an exec to a running task; {@link start} runs it. `conflict` (`already-exists`) when its ID is in use. */
  exec(exec: NewExec, options?: CallOptions): Promise<void>;
  resizePty(
    process: ProcessId & { readonly width: number; readonly height: number },
    options?: CallOptions,
  ): Promise<void>;
  /** Lets the shim close its end of the stdin FIFO once the writers are gone. */
  closeStdin(process: ProcessId, options?: CallOptions): Promise<void>;
  pause(id: string, options?: CallOptions): Promise<void>;
  resume(id: string, options?: CallOptions): Promise<void>;
  /** Changes limits; `resources` is the OCI runtime spec's `linux.resources`. */
  update(id: string, resources: object, options?: CallOptions): Promise<void>;
  /** `not-found` for a task that does not run. */
  metrics(id: string, options?: CallOptions): Promise<TaskMetrics>;
  /** IDs of all processes in the container, as the host numbers them. */
  pids(id: string, options?: CallOptions): Promise<number[]>;
  /** Resolves when the process has ended, at once if it already has; no time limit but the signal. */
  wait(process: ProcessId, options?: CallOptions): Promise<TaskExit>;
  get(process: ProcessId, options?: CallOptions): Promise<TaskState>;
  /** All tasks of the namespace, without their execs. Asks every shim: those that hang give `unknown`. */
  list(options?: CallOptions): Promise<TaskState[]>;
}

/** Shim and runc start within a second; a machine under heavy load is given this long, in milliseconds. */
const runcTimeoutMs = 120_000;

/** The tasks service of a connection. */
export function createTasks(rpc: Rpc): Tasks {
  const method = Service.method;
  const quick = (options?: CallOptions) => ({ ...options, preconditionIsConflict: true });
  const slow = (options?: CallOptions) => ({ ...quick(options), timeoutMs: runcTimeoutMs });
  const unlimited = (options?: CallOptions) => ({ ...quick(options), timeoutMs: undefined });

  return {
    create: async ({ id, rootfs, options: runcOptions, ...stdio }, options) => {
      const request = {
        containerId: id,
        rootfs: rootfs.map(mountInit),
        ...stdioInit(stdio),
        ...(runcOptions && { options: encodeMessageAny(OptionsSchema, runcOptions) }),
      };
      return (await rpc.unary(method.create, request, slow(options))).pid;
    },
    start: async ({ id, execId = "" }, options) =>
      (await rpc.unary(method.start, { containerId: id, execId }, slow(options))).pid,
    kill: async ({ id, execId = "", signal, all = false }, options) => {
      await rpc.unary(method.kill, { containerId: id, execId, signal, all }, slow(options));
    },
    delete: async (containerId, options) => deletedOf(await rpc.unary(method.delete, { containerId }, slow(options))),
    deleteProcess: async (containerId, execId, options) =>
      deletedOf(await rpc.unary(method.deleteProcess, { containerId, execId }, slow(options))),
    exec: async ({ id, execId, process, ...stdio }, options) => {
      const spec = encodeJsonAny(ociTypeUrls.process, process);
      await rpc.unary(method.exec, { containerId: id, execId, spec, ...stdioInit(stdio) }, slow(options));
    },
    resizePty: async ({ id, execId = "", width, height }, options) => {
      await rpc.unary(method.resizePty, { containerId: id, execId, width, height }, quick(options));
    },
    closeStdin: async ({ id, execId = "" }, options) => {
      await rpc.unary(method.closeIO, { containerId: id, execId, stdin: true }, quick(options));
    },
    pause: async (containerId, options) => {
      await rpc.unary(method.pause, { containerId }, slow(options));
    },
    resume: async (containerId, options) => {
      await rpc.unary(method.resume, { containerId }, slow(options));
    },
    update: async (containerId, document, options) => {
      const resources = encodeJsonAny(ociTypeUrls.linuxResources, document);
      await rpc.unary(method.update, { containerId, resources }, slow(options));
    },
    metrics: async (id, options) => {
      const { metrics } = await rpc.unary(method.metrics, { filters: [`id==${JSON.stringify(id)}`] }, quick(options));
      return taskMetricsOf(id, metrics[0]);
    },
    pids: async (containerId, options) =>
      (await rpc.unary(method.listPids, { containerId }, quick(options))).processes.map(({ pid }) => pid),
    wait: async ({ id, execId = "" }, options) =>
      taskExitOf(await rpc.unary(method.wait, { containerId: id, execId }, unlimited(options))),
    get: async ({ id, execId = "" }, options) => {
      const reply = await rpc.unary(method.get, { containerId: id, execId }, quick(options));
      return taskStateOf(present(reply.process, "process"), id);
    },
    list: async (options) =>
      (await rpc.unary(method.list, {}, quick(options))).tasks.map((task) => taskStateOf(task, task.id)),
  };
}

/** The shim opens both outputs where any stream is given, so that a missing one gets a place to vanish in. */
function stdioInit({ stdin = "", stdout = "", stderr = "", terminal = false }: ProcessStdio) {
  if (terminal || (stdin === "" && stdout === "" && stderr === "")) return { stdin, stdout, stderr, terminal };
  return { stdin, stdout: stdout || "/dev/null", stderr: stderr || "/dev/null", terminal };
}

function deletedOf(reply: { pid: number } & Parameters<typeof taskExitOf>[0]): DeletedTask {
  return { pid: reply.pid, ...taskExitOf(reply) };
}
