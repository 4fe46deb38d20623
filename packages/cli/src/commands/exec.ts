import {
  type ExecCreateBody,
  execCreate,
  execIdHeader,
  execInspect,
  execKill,
  execResize,
  execRun,
  execStart,
} from "@tdock/api/exec";
import { isError, TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import type { Connection } from "../client/connection.ts";
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
  user: text('Username or UID (format: "<name|uid>[:<group|gid>]")', {
    short: "u",
  }),
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
      const { containerInspect } = await import("@tdock/api/containers");
      await call(cli.client, containerInspect, { id: container });
      throw new TdockError("invalid-argument", "the input device is not a TTY");
    }
    const detachKeys = flags["detach-keys"] ?? (flags.tty ? cli.config.detachKeys : undefined);
    const wanted = {
      container,
      body: execBody(cli, { command, flags, detachKeys }),
    };
    return flags.detach ? runDetached(cli, wanted) : runAttached(cli, wanted, { flags, detachKeys });
  },
});

interface ExecOptions {
  readonly command: readonly string[];
  readonly flags: ExecFlags;
  readonly detachKeys: string | undefined;
}

interface WantedExec {
  readonly container: string;
  readonly body: ExecCreateBody;
}

function execBody(cli: Cli, { command, flags, detachKeys }: ExecOptions): ExecCreateBody {
  return {
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
}

async function runDetached(cli: Cli, { container, body }: WantedExec): Promise<number> {
  const { Id: id } = await call(cli.client, execCreate, {
    id: container,
    body,
  });
  await call(cli.client, execStart, {
    id,
    body: { Detach: true, Tty: body.Tty },
  });
  return 0;
}

type AttachOptions = Pick<ExecOptions, "flags" | "detachKeys">;

/** Signals that we get go to the process; its exit code is ours. */
async function runAttached(cli: Cli, wanted: WantedExec, { flags, detachKeys }: AttachOptions): Promise<number> {
  const { tty, interactive } = flags;
  const { socket, id, framed } = await openExec(cli, wanted);
  using _signals = new SignalProxy((signal) => {
    call(cli.client, execKill, { id, signal }).catch(() => {});
  });
  using _size = tty
    ? new SizeWatch((h, w) => void call(cli.client, execResize, { id, h, w }).catch(() => {}))
    : undefined;
  let exitCode = "";
  const onExitCode = (digits: string) => {
    exitCode += digits;
  };
  const end = await runSession(socket, {
    tty,
    framed,
    stdin: interactive,
    detachKeys,
    onExitCode,
  });
  if (end === "detached") throw new TdockError("canceled", "read escape sequence");
  return exitCode === "" ? exitCodeOf(cli, id) : Number(exitCode);
}

interface OpenedExec {
  readonly socket: Connection;
  readonly id: string;
  readonly framed: boolean;
}

/** In one request where the engine is tdock's, in two where it is Docker's. */
async function openExec(cli: Cli, { container, body }: WantedExec): Promise<OpenedExec> {
  try {
    const { socket, headers } = await hijack(cli.client, execRun, {
      id: container,
      body,
    });
    return { socket, id: headers.get(execIdHeader) ?? "", framed: true };
  } catch (thrown) {
    if (!isError(thrown, "not-found") || !thrown.message.endsWith("page not found")) throw thrown;
  }
  const { Id: id } = await call(cli.client, execCreate, {
    id: container,
    body,
  });
  const start = { Detach: false, Tty: body.Tty, ConsoleSize: body.ConsoleSize };
  const { socket } = await hijack(cli.client, execStart, { id, body: start });
  return { socket, id, framed: body.Tty !== true };
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
