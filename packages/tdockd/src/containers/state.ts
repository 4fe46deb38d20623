import type { ContainerState } from "@tdock/api/containers";
import type { Container, Status } from "./container.ts";
import type { Health } from "./health.ts";

/** Docker's zero time. */
const never = "0001-01-01T00:00:00Z";

/** Docker's booleans out of the one status. */
export function containerState({ status }: Container): ContainerState {
  const isRestarting = status.kind === "restarting";
  const failure = status.kind === "created" ? status.failure : undefined;
  const ended = "finishedAt" in status ? status : undefined;
  return {
    Status: status.kind,
    // As Docker: paused and restarting containers count as running too.
    Running: status.kind === "running" || status.kind === "paused" || isRestarting,
    Paused: status.kind === "paused",
    Restarting: isRestarting,
    OOMKilled: ended?.oomKilled ?? false,
    Dead: status.kind === "dead",
    Pid: "pid" in status ? status.pid : 0,
    ExitCode: ended?.exitCode ?? failure?.exitCode ?? 0,
    Error: ended?.error ?? failure?.error ?? "",
    StartedAt: "startedAt" in status && status.startedAt !== "" ? status.startedAt : never,
    FinishedAt: ended?.finishedAt || never,
    ...healthOf(status),
  };
}

/** What `ps` says, e.g. `Up 3 minutes (healthy)`. */
export function statusText({ status }: Container, now: Date): string {
  const since = (time: string) => humanDuration(now.getTime() - Date.parse(time));
  switch (status.kind) {
    case "created":
      return "Created";
    case "running":
      return `Up ${since(status.startedAt)}${healthText(status.health)}`;
    case "paused":
      return `Up ${since(status.startedAt)} (Paused)`;
    case "restarting":
      return `Restarting (${status.exitCode}) ${since(status.finishedAt)} ago`;
    case "exited":
      return `Exited (${status.exitCode}) ${since(status.finishedAt)} ago`;
    case "dead":
      return "Dead";
  }
}

/** Docker's units.HumanDuration. */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(seconds / 3600);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(hours / 24 / 365)} years`;
}

function healthOf(status: Status): { Health?: ContainerState["Health"] } {
  const health = "health" in status ? status.health : undefined;
  if (health === undefined) return {};
  return {
    Health: {
      Status: health.status,
      FailingStreak: health.failingStreak,
      Log: health.log.map(({ start, end, exitCode, output }) => ({
        Start: start,
        End: end,
        ExitCode: exitCode,
        Output: output,
      })),
    },
  } as unknown as { Health: NonNullable<ContainerState["Health"]> };
}

function healthText(health: Health | undefined): string {
  if (health === undefined) return "";
  return health.status === "starting" ? " (health: starting)" : ` (${health.status})`;
}
