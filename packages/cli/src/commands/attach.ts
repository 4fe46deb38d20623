import { containerAttach, containerInspect } from "@tdock/api/containers";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { hijack } from "../client/hijack.ts";
import { defineCommand, exactly } from "../command.ts";
import { bool, text } from "../flags/flag.ts";
import { isTerminal } from "../terminal/is-terminal.ts";
import { runSession } from "../terminal/session.ts";
import { SizeWatch } from "../terminal/terminal-size.ts";
import { waitForExit } from "./exit-code.ts";
import { forwardSignals } from "./forward-signals.ts";
import { resizeContainer } from "./resize.ts";

export const attach = defineCommand({
  usage: "[OPTIONS] CONTAINER",
  operands: exactly(1),
  flags: {
    "detach-keys": text("Override the key sequence for detaching a container"),
    "no-stdin": bool("Do not attach STDIN"),
    "sig-proxy": bool("Proxy all received signals to the process", { initial: true }),
  },
  async run(cli, { flags, args: [name = ""] }) {
    const { id, tty, openStdin } = await inspectRunning(cli, name);
    const stdin = !flags["no-stdin"] && openStdin;
    if (tty && stdin && !isTerminal(0)) {
      throw new TdockError("invalid-argument", "the input device is not a TTY");
    }
    const detachKeys = flags["detach-keys"] ?? cli.config.detachKeys;
    const exit = await waitForExit(cli, id, "not-running");
    using _signals = flags["sig-proxy"] && !tty ? forwardSignals(cli, id) : undefined;
    const { socket } = await hijack(cli.client, containerAttach, {
      id,
      stream: true,
      stdin,
      stdout: true,
      stderr: true,
      detachKeys,
    });
    using _size = tty ? new SizeWatch((rows, columns) => resizeContainer(cli, id, { rows, columns })) : undefined;
    const end = await runSession(socket, { tty, framed: !tty, stdin, detachKeys });
    if (end === "ended") return exit.code;
    throw new TdockError("canceled", "read escape sequence");
  },
});

/** Throws `conflict`, in Docker's words, for a container that nobody can attach to. */
async function inspectRunning(cli: Cli, name: string) {
  const { Id: id = name, State, Config } = await call(cli.client, containerInspect, { id: name });
  const refuse = (message: string) => new TdockError("conflict", message);
  if (!State?.Running) throw refuse("You cannot attach to a stopped container, start it first");
  if (State.Paused) throw refuse("You cannot attach to a paused container, unpause it first");
  if (State.Restarting) throw refuse("You cannot attach to a restarting container, wait until it is running");
  return { id, tty: Config?.Tty ?? false, openStdin: Config?.OpenStdin ?? false };
}
