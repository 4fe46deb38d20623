import { type Entries, entry } from "./entry.ts";

export const rm = entry("Remove one or more containers", async () => (await import("../commands/rm.ts")).rm);

/** Commands on containers that stand at the top and in the group `container`. */
export const containerCommands: Entries = {
  attach: entry(
    "Attach local standard input, output, and error streams to a running container",
    async () => (await import("../commands/attach.ts")).attach,
  ),
  commit: entry(
    "Create a new image from a container's changes",
    async () => (await import("../commands/commit.ts")).commit,
  ),
  cp: entry(
    "Copy files/folders between a container and the local filesystem",
    async () => (await import("../commands/cp.ts")).cp,
  ),
  create: entry("Create a new container", async () => (await import("../commands/create.ts")).create),
  diff: entry(
    "Inspect changes to files or directories on a container's filesystem",
    async () => (await import("../commands/diff.ts")).diff,
  ),
  exec: entry("Execute a command in a running container", async () => (await import("../commands/exec.ts")).exec),
  export: entry(
    "Export a container's filesystem as a tar archive",
    async () => (await import("../commands/export.ts")).exportContainer,
  ),
  kill: entry("Kill one or more running containers", async () => (await import("../commands/kill.ts")).kill),
  logs: entry("Fetch the logs of a container", async () => (await import("../commands/logs.ts")).logs),
  pause: entry(
    "Pause all processes within one or more containers",
    async () => (await import("../commands/pause.ts")).pause,
  ),
  port: entry(
    "List port mappings or a specific mapping for the container",
    async () => (await import("../commands/port.ts")).port,
  ),
  rename: entry("Rename a container", async () => (await import("../commands/rename.ts")).rename),
  restart: entry("Restart one or more containers", async () => (await import("../commands/stop.ts")).restart),
  rm,
  run: entry("Create and run a new container from an image", async () => (await import("../commands/run.ts")).run),
  start: entry("Start one or more stopped containers", async () => (await import("../commands/start.ts")).start),
  stats: entry(
    "Display a live stream of container(s) resource usage statistics",
    async () => (await import("../commands/stats.ts")).stats,
  ),
  stop: entry("Stop one or more running containers", async () => (await import("../commands/stop.ts")).stop),
  top: entry("Display the running processes of a container", async () => (await import("../commands/top.ts")).top),
  unpause: entry(
    "Unpause all processes within one or more containers",
    async () => (await import("../commands/pause.ts")).unpause,
  ),
  update: entry(
    "Update configuration of one or more containers",
    async () => (await import("../commands/update.ts")).update,
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
  prune: entry(
    "Remove all stopped containers",
    async () => (await import("../commands/prune.ts")).containerPruneCommand,
  ),
};
