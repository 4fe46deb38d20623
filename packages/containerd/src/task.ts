import { type Process as ProcessMessage, Status } from "./gen/task-types_pb.ts";
import { dateOf } from "./timestamp.ts";

/** What containerd says of a process; `unknown` when its shim does not answer. */
export type TaskStatus = "unknown" | "created" | "running" | "stopped" | "paused" | "pausing";

/** A task (the container's first process) or an exec process, as containerd knows it now. */
export interface TaskState {
  readonly containerId: string;
  /** The exec's ID; equal to `containerId` for the task itself. */
  readonly id: string;
  /** 0 before an exec process is started. */
  readonly pid: number;
  readonly status: TaskStatus;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly terminal: boolean;
  /** Present once the status is `stopped`. */
  readonly exit: TaskExit | undefined;
}

/** How a process ended: `exitStatus` 128+N for signal N. */
export interface TaskExit {
  readonly exitStatus: number;
  readonly exitedAt: Date;
}

const statusNames: Readonly<Record<Status, TaskStatus>> = {
  [Status.UNKNOWN]: "unknown",
  [Status.CREATED]: "created",
  [Status.RUNNING]: "running",
  [Status.STOPPED]: "stopped",
  [Status.PAUSED]: "paused",
  [Status.PAUSING]: "pausing",
};

/** The record of a wire message about a process of `containerId`. */
export function taskStateOf(message: ProcessMessage, containerId: string): TaskState {
  const { id, pid, stdin, stdout, stderr, terminal } = message;
  const status = statusNames[message.status] ?? "unknown";
  return {
    containerId,
    id,
    pid,
    status,
    stdin,
    stdout,
    stderr,
    terminal,
    exit: status === "stopped" ? taskExitOf(message) : undefined,
  };
}

/** The exit part of any message that has one. */
export function taskExitOf({ exitStatus, exitedAt }: Pick<ProcessMessage, "exitStatus" | "exitedAt">): TaskExit {
  return { exitStatus, exitedAt: dateOf(exitedAt) ?? new Date(0) };
}
