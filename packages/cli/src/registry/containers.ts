import { type Entries, entry } from "./entry.ts";

export const rm = entry("Remove one or more containers", async () => (await import("../commands/rm.ts")).rm);

/** Commands on containers that stand at the top and in the group `container`. */
export const containerCommands: Entries = {
  attach: entry(
    "Attach local standard input, output, and error streams to a running container",
    async () => (await import("../commands/attach.ts")).attach,
  ),
  create: entry("Create a new container", async () => (await import("../commands/create.ts")).create),
  kill: entry("Kill one or more running containers", async () => (await import("../commands/kill.ts")).kill),
  logs: entry("Fetch the logs of a container", async () => (await import("../commands/logs.ts")).logs),
  pause: entry(
    "Pause all processes within one or more containers",
    async () => (await import("../commands/pause.ts")).pause,
  ),
  rename: entry("Rename a container", async () => (await import("../commands/rename.ts")).rename),
  restart: entry("Restart one or more containers", async () => (await import("../commands/restart.ts")).restart),
  rm,
  run: entry("Create and run a new container from an image", async () => (await import("../commands/run.ts")).run),
  start: entry("Start one or more stopped containers", async () => (await import("../commands/start.ts")).start),
  stop: entry("Stop one or more running containers", async () => (await import("../commands/stop.ts")).stop),
  unpause: entry(
    "Unpause all processes within one or more containers",
    async () => (await import("../commands/pause.ts")).unpause,
  ),
  wait: entry(
    "Block until one or more containers stop, then print their exit codes",
    async () => (await import("../commands/wait.ts")).wait,
  ),
};

export const ps = entry("List containers", async () => (await import("../commands/ps.ts")).ps);

/** Commands that only the group has. */
export const containerGroupCommands: Entries = {
  inspect: entry(
    "Display detailed information on one or more containers",
    async () => (await import("../commands/inspect.ts")).containerInspectCommand,
  ),
};
