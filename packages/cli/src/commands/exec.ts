import { containerInspect } from "@tdock/api/containers";
import { execCreate, execInspect, execKill, execResize, execStart } from "@tdock/api/exec";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { hijack } from "../client/hijack.ts";
import { defineCommand } from "../command.ts";
import { collectEnv, parseEnv } from "../flags/environment.ts";
import { bool, type FlagValues, list, parsedList, text } from "../flags/flag.ts";
import { isTerminal } from "../terminal/is-terminal.ts";
import { runSession } from "../terminal/session.ts";
import { SignalProxy } from "../terminal/signals.ts";
import { SizeWatch, terminalSize } from "../terminal/terminal-size.ts";

const flags = {
  detach: bool("Detached mode: run command in the background", { short: "d" }),
  "detach-keys": text("Override the key sequence for detaching a container"),
  env: parsedList("Set environment variables", parseEnv, { short: "e" }),
  "env-file": list("Read in a file of environment variables"),
  interactive: bool("Keep STDIN open even if not attached", { short: "i" }),
  privileged: bool("Give extended privileges to the command"),
  tty: bool("Allocate a pseudo-TTY", { short: "t" }),
  user: text('Username or UID (format: "<name|uid>[:<group|gid>]")', { short: "u" }),
  workdir: text("Working directory inside the container", { short: "w" }),
};

type ExecFlags = FlagValues<typeof flags>;

export const exec = defineCommand({
  usage: "[OPTIONS] CONTAINER COMMAND [ARG...]",
  operands: [2, Number.POSITIVE_INFINITY],
  stopAtOperand: true,
  flags,
  async run(cli, { flags, args: [container = "", ...command] }) {
    const needsTerminal = !flags.detach && flags.interactive && flags.tty;
    if (needsTerminal && !isTerminal(0)) {
      // That the container does not exist is the more useful error of the two.
      await call(cli.client, containerInspect, { id: container });
      throw new TdockError("invalid-argument", "the input device is not a TTY");
    }
    const detachKeys = flags["detach-keys"] ?? cli.config.detachKeys;
    const id = await createExec(cli, { container, command, flags, detachKeys });
    return flags.detach ? startDetached(cli, id, flags) : runAttached(cli, id, { flags, detachKeys });
  },
});

interface ExecOptions {
  readonly container: string;
  readonly command: readonly string[];
  readonly flags: ExecFlags;
  readonly detachKeys: string | undefined;
}

async function createExec(cli: Cli, { container, command, flags, detachKeys }: ExecOptions): Promise<string> {
  const body = {
    AttachStdin: flags.interactive && !flags.detach,
    AttachStdout: !flags.detach,
    AttachStderr: !flags.detach,
    ConsoleSize: consoleSize(flags),
    DetachKeys: detachKeys,
    Tty: flags.tty,
    Env: collectEnv(flags["env-file"], flags.env, cli.env),
    Cmd: [...command],
    Privileged: flags.privileged,
    User: flags.user,
    WorkingDir: flags.workdir,
  };
  return (await call(cli.client, execCreate, { id: container, body })).Id;
}

async function startDetached(cli: Cli, id: string, { tty }: ExecFlags): Promise<number> {
  await call(cli.client, execStart, { id, body: { Detach: true, Tty: tty } });
  return 0;
}

type AttachOptions = Pick<ExecOptions, "flags" | "detachKeys">;

/** Signals that we get go to the process; its exit code is ours. */
async function runAttached(cli: Cli, id: string, { flags, detachKeys }: AttachOptions): Promise<number> {
  const { tty, interactive } = flags;
  const body = { Detach: false, Tty: tty, ConsoleSize: consoleSize(flags) };
  const { socket } = await hijack(cli.client, execStart, { id, body });
  using _signals = new SignalProxy((signal) => {
    call(cli.client, execKill, { id, signal }).catch(() => {});
  });
  using _size = tty
    ? new SizeWatch((h, w) => void call(cli.client, execResize, { id, h, w }).catch(() => {}))
    : undefined;
  const end = await runSession(socket, { tty, framed: !tty, stdin: interactive, detachKeys });
  if (end === "detached") throw new TdockError("canceled", "read escape sequence");
  return exitCodeOf(cli, id);
}

/** Throws `unavailable` when the connection broke off before the process ended: nobody may take that for success. */
async function exitCodeOf(cli: Cli, id: string): Promise<number> {
  const { ExitCode } = await call(cli.client, execInspect, { id });
  // Docker's type leaves out that it is null until the process has ended.
  const exitCode: number | null | undefined = ExitCode;
  if (exitCode != null) return exitCode;
  throw new TdockError("unavailable", "the connection to the command ended before the command did");
}

function consoleSize({ tty }: ExecFlags): number[] | undefined {
  const size = tty ? terminalSize() : undefined;
  return size === undefined ? undefined : [size.rows, size.columns];
}
