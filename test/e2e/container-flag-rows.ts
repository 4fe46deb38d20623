import type { CliRow } from "./cli-rows.ts";

const flags = "e2e/container-flags.test.ts";
const commands = "e2e/container-commands.test.ts";
const containers = "e2e/cli-containers.test.ts";
const exec = "e2e/exec.test.ts";
const attach = "e2e/attach.test.ts";
const logs = "e2e/logs.test.ts";
const limits = "e2e/run-limits.test.ts";
const events = "e2e/container-events.test.ts";

const shows = "ps shows the newest, sizes, and whole IDs";
const takes = "takes user, folder, variables and files of them";
const terminal = "is a terminal of the client's size with -t, follows its changes, and is left with the detach keys";
const starts = "start attaches, passes input on and exits with the container's code";
const told = "kill sends the signal that is asked for; restart and stop are told by the state";
const waits = "wait and run --wait wait until a container runs, is healthy, answers at a port, or has printed a line";
const removes = "rm refuses what runs, and takes anonymous volumes with -v";
const copies = "cp keeps owners with -a, follows a link with -L, and says nothing with -q";
const commits = "makes an image of a running container's files, without what the runtime made, and leaves it running";
const inspects = "inspect tells sizes when asked, and looks only among objects of a type";
const stats = "stats shows what has stopped with -a, and whole IDs";
const updates =
  "update changes every limit of a container that runs, for the kernel, for inspect and for its next start";
const prunes = "container prune takes what has ended, and only what its filter names";

/** Flags of one command, all proved by one test. */
function rows(command: string, [file, test]: readonly [file: string, test: string], ...names: string[]): CliRow[] {
  return names.map((name) => ({ row: `${command} ${name}`, file, test }));
}

/** Every flag of the other commands on containers that their help shows. */
export const containerFlagRows: readonly CliRow[] = [
  ...rows("ps", [flags, shows], "--last", "--latest", "--no-trunc", "--quiet", "--size"),
  ...rows("ps", [commands, "ps finds containers by every filter"], "--all", "--filter", "--format"),
  ...rows("exec", [exec, takes], "--env", "--env-file", "--user", "--workdir"),
  ...rows("exec", [exec, terminal], "--tty", "--detach-keys"),
  ...rows("exec", [exec, "runs in the background with -d, and the engine knows its end"], "--detach"),
  ...rows("exec", [exec, "has every capability with --privileged, and those of the container without"], "--privileged"),
  ...rows("exec", [containers, "exec gives the command's output and exit code"], "--interactive"),
  ...rows("attach", [attach, "leaves a terminal with the detach keys, and the container goes on"], "--detach-keys"),
  ...rows("attach", [attach, "shows all clients the same, and takes input from each"], "--no-stdin"),
  ...rows("attach", [attach, "sends signals of the client to the container, unless told not to"], "--sig-proxy"),
  ...rows("logs", [flags, "logs --details shows the labels and variables that the log options name"], "--details"),
  ...rows("logs", [logs, "follows a running container until it ends, from a position on"], "--follow"),
  ...rows("logs", [logs, "gives the last lines with --tail"], "--tail"),
  ...rows(
    "logs",
    [logs, "gives the lines between --since and --until, and their times with -t"],
    ...["--since", "--until", "--timestamps"],
  ),
  ...rows("start", [commands, starts], "--attach", "--interactive"),
  ...rows("start", [flags, "start -ai leaves a terminal with the detach keys that it is given"], "--detach-keys"),
  ...rows("stop", [flags, "%s sends the signal that it is given"], "--signal"),
  ...rows("restart", [flags, "%s sends the signal that it is given"], "--signal"),
  ...rows("stop", [commands, told], "--timeout"),
  ...rows("restart", [commands, told], "--timeout"),
  ...rows("kill", [commands, told], "--signal"),
  ...rows("wait", [containers, waits], "--condition", "--timeout"),
  ...rows("rm", [commands, removes], "--force", "--volumes"),
  ...rows("cp", [flags, copies], "--archive", "--follow-link", "--quiet"),
  ...rows("export", [flags, "export writes a file with -o, and rm -v takes anonymous volumes along"], "--output"),
  ...rows("commit", ["e2e/commit.test.ts", commits], "--author", "--message"),
  ...rows(
    "commit",
    ["e2e/commit.test.ts", "applies changes over the container's configuration, in Docker's way"],
    "--change",
  ),
  ...rows("commit", [events, "tell of a commit %s, and that it pauses what runs"], "--no-pause"),
  ...rows("inspect", [flags, inspects], "--format", "--size", "--type"),
  ...rows("stats", [flags, stats], "--all", "--format", "--no-stream", "--no-trunc"),
  ...rows(
    "update",
    [limits, updates],
    ...["--cpu-period", "--cpu-quota", "--cpu-shares", "--cpuset-cpus", "--cpuset-mems"],
    ...["--memory", "--memory-reservation", "--memory-swap", "--pids-limit"],
  ),
  ...rows(
    "update",
    [limits, "update --cpus gives a share of the processors, and update refuses what cannot be"],
    "--cpus",
  ),
  ...rows("update", [limits, "update changes what the kernel takes, and warns of the rest"], "--blkio-weight"),
  ...rows(
    "update",
    [limits, "update gives real time as far as the group above has some, and else says why not"],
    ...["--cpu-rt-period", "--cpu-rt-runtime"],
  ),
  ...rows(
    "update",
    [containers, "top, stats, port, rename and update tell and change a running container"],
    "--restart",
  ),
  ...rows("container prune", [commands, prunes], "--filter", "--force"),
];

/** Commands whose flags all stand in the table. */
export const commandsWithFlags: readonly string[] = [
  ...new Set(containerFlagRows.map(({ row }) => row.replace(/ --.*/, ""))),
  ...["diff", "pause", "port", "rename", "top", "unpause"],
];
