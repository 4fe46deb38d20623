import { type ContainerCreateBody, containerAttach, containerStart } from "@tdock/api/containers";
import { imageRemove } from "@tdock/api/images";
import { isError, TdockError } from "@tdock/errors/error";
import { stepImage } from "../build/step-image.ts";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { type Hijacked, hijack } from "../client/hijack.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { containerBody } from "../flags/container-body.ts";
import { containerFlags } from "../flags/container-flags.ts";
import { bool, type FlagValues, text } from "../flags/flag.ts";
import { proxyVariables } from "../proxy-variables.ts";
import { copyInput } from "../terminal/input.ts";
import { isTerminal } from "../terminal/is-terminal.ts";
import { runSession } from "../terminal/session.ts";
import { SizeWatch, terminalSize } from "../terminal/terminal-size.ts";
import { createContainer, createFlags } from "./create-container.ts";
import { type PendingExit, waitForExit } from "./exit-code.ts";
import { forwardSignals } from "./forward-signals.ts";
import { resizeContainer } from "./resize.ts";
import { runFailure } from "./run-failure.ts";
import { waitFor } from "./wait-for.ts";

const runFlags = {
  ...containerFlags,
  ...createFlags,
  detach: bool("Run container in background and print container ID", { short: "d" }),
  "detach-keys": text("Override the key sequence for detaching a container"),
  "from-step": text("Run in the state that a failed build step left, instead of an image", { label: "ID" }),
  rmi: bool("Remove the image as well, unless others use it; implies --rm"),
  "sig-proxy": bool("Proxy received signals to the process", { initial: true }),
  wait: bool("With --detach, wait until the container is healthy, or runs when it has no health check"),
};

type RunFlags = FlagValues<typeof runFlags>;

export const run = defineCommand({
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  operands: atLeastOne,
  stopAtOperand: true,
  flags: runFlags,
  async run(cli, { flags: given, args }) {
    const flags = given.rmi ? { ...given, rm: true } : given;
    try {
      const step = flags["from-step"];
      const [image = "", ...command] = step === undefined ? args : [stepImage(step), ...args];
      const body = containerBody(flags, { image, command, env: cli.env, proxies: proxyVariables(cli) });
      checkTerminal(flags, body);
      if (flags.detach) return await runDetached(cli, flags, body);
      const exitCode = await runAttached(cli, flags, body);
      if (flags.rmi) await removeUnused(cli, image);
      return exitCode;
    } catch (thrown) {
      return runFailure(cli, "run", thrown);
    }
  },
});

const refusedHere = { reason: "refused-here" };

function checkTerminal(flags: RunFlags, { AttachStdin, Tty }: ContainerCreateBody): void {
  if (flags.detach && flags.attach.length > 0) {
    throw new TdockError(
      "invalid-argument",
      "conflicting options: cannot specify both --attach and --detach",
      refusedHere,
    );
  }
  if (flags.rmi && flags.detach) {
    throw new TdockError(
      "invalid-argument",
      "--rmi needs to see the container's end: use it without --detach",
      refusedHere,
    );
  }
  if (flags.wait && !flags.detach) {
    throw new TdockError(
      "invalid-argument",
      "--wait is for containers in the background: use it with --detach",
      refusedHere,
    );
  }
  if (!flags.detach && AttachStdin && Tty && !isTerminal(0)) {
    throw new TdockError("invalid-argument", "the input device is not a TTY", refusedHere);
  }
}

/** An image that others use, or that is gone already, is no failure of the run. */
async function removeUnused(cli: Cli, image: string): Promise<void> {
  try {
    await call(cli.client, imageRemove, { name: image });
  } catch (thrown) {
    if (!isError(thrown, "conflict") && !isError(thrown, "not-found")) throw thrown;
  }
}

async function runDetached(cli: Cli, flags: RunFlags, attached: ContainerCreateBody): Promise<number> {
  const body = { ...attached, AttachStdin: false, AttachStdout: false, AttachStderr: false, StdinOnce: false };
  const id = await createContainer(cli, { ...flags, body: withConsoleSize(body) });
  try {
    await call(cli.client, containerStart, { id });
  } finally {
    // Also of a container that did not start: it is there, and whoever called wants to remove it.
    cli.out.print(`${id}\n`);
  }
  if (flags.wait) await waitFor(cli, id, "ready", undefined);
  return 0;
}

/**
 * In the order that loses nothing: attach and wait are open before start, so that neither the first byte nor an
 * immediate exit is missed. The exit code comes from the wait.
 */
async function runAttached(cli: Cli, flags: RunFlags, body: ContainerCreateBody): Promise<number> {
  const { AttachStdin = false, AttachStdout = false, AttachStderr = false, Tty = false } = body;
  const id = await createContainer(cli, { ...flags, body: withConsoleSize(body) });
  const detachKeys = flags["detach-keys"] ?? cli.config.detachKeys;
  const [attached, exit] = await Promise.all([
    hijack(cli.client, containerAttach, {
      id,
      stream: true,
      stdin: AttachStdin ?? false,
      stdout: AttachStdout ?? false,
      stderr: AttachStderr ?? false,
      detachKeys,
    }),
    waitForExit(cli, id, flags.rm ? "removed" : "next-exit"),
  ]);
  const started = start(cli, id, { attached, exit, removes: flags.rm });
  using _signals = flags["sig-proxy"] ? forwardSignals(cli, id) : undefined;
  await started;
  if (!AttachStdout && !AttachStderr) return handInput(cli, id, attached);
  using _size = Tty ? new SizeWatch((rows, columns) => resizeContainer(cli, id, { rows, columns })) : undefined;
  const end = await runSession(attached.socket, {
    tty: Tty ?? false,
    framed: !Tty,
    stdin: AttachStdin ?? false,
    detachKeys,
  });
  return end === "detached" ? 0 : await exit.code;
}

/** `-a stdin` alone: the container gets our input and, like one in the background, its ID is printed. */
async function handInput(cli: Cli, id: string, { socket }: Hijacked): Promise<number> {
  cli.out.print(`${id}\n`);
  // A container that ends without reading is none of our business.
  await copyInput(socket);
  return 0;
}

/** A start that fails leaves nothing open, and waits for a container that removes itself. */
async function start(
  cli: Cli,
  id: string,
  open: { attached: Hijacked; exit: PendingExit; removes: boolean },
): Promise<void> {
  try {
    await call(cli.client, containerStart, { id });
  } catch (thrown) {
    open.attached.socket.destroy();
    if (open.removes) await open.exit.code.catch(() => {});
    throw thrown;
  }
}

function withConsoleSize(body: ContainerCreateBody): ContainerCreateBody {
  const size = body.Tty ? terminalSize() : undefined;
  if (size === undefined) return body;
  return { ...body, HostConfig: { ...body.HostConfig, ConsoleSize: [size.rows, size.columns] } };
}
