import { containerAttach, containerInspect, containerStart } from "@tdock/api/containers";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { hijack } from "../client/hijack.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { bool, text } from "../flags/flag.ts";
import { runSession } from "../terminal/session.ts";
import { SizeWatch } from "../terminal/terminal-size.ts";
import { waitForExit } from "./exit-code.ts";
import { forwardSignals } from "./forward-signals.ts";
import { resizeContainer } from "./resize.ts";

export const start = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {
    attach: bool("Attach STDOUT/STDERR and forward signals", { short: "a" }),
    "detach-keys": text("Override the key sequence for detaching a container"),
    interactive: bool("Attach container's STDIN", { short: "i" }),
  },
  async run(cli, { flags, args }) {
    const [first = ""] = args;
    if (!flags.attach && !flags.interactive) return startAll(cli, args);
    if (args.length > 1) {
      throw new TdockError("invalid-argument", "you cannot start and attach multiple containers at once");
    }
    return startAttached(cli, first, { interactive: flags.interactive, detachKeys: flags["detach-keys"] });
  },
});

/** One after another, as Docker does: later containers may need earlier ones. */
async function startAll(cli: Cli, ids: readonly string[]): Promise<number> {
  const failed: string[] = [];
  for (const id of ids) {
    try {
      await call(cli.client, containerStart, { id });
      cli.out.print(`${id}\n`);
    } catch (thrown) {
      cli.err.print(`${TdockError.from(thrown).message}\n`);
      failed.push(id);
    }
  }
  if (failed.length > 0) cli.err.print(`Error: failed to start containers: ${failed.join(", ")}\n`);
  return failed.length > 0 ? 1 : 0;
}

interface AttachOptions {
  readonly interactive: boolean;
  readonly detachKeys: string | undefined;
}

async function startAttached(cli: Cli, name: string, options: AttachOptions): Promise<number> {
  const { Id: id = name, Config, HostConfig } = await call(cli.client, containerInspect, { id: name });
  const tty = Config?.Tty ?? false;
  const stdin = options.interactive && (Config?.OpenStdin ?? false);
  const detachKeys = options.detachKeys ?? cli.config.detachKeys;
  const [attached, exit] = await Promise.all([
    hijack(cli.client, containerAttach, { id, stream: true, stdin, stdout: true, stderr: true, detachKeys }),
    waitForExit(cli, id, HostConfig?.AutoRemove ? "removed" : "next-exit"),
  ]);
  using _signals = tty ? undefined : forwardSignals(cli, id);
  await call(cli.client, containerStart, { id });
  using _size = tty ? new SizeWatch((rows, columns) => resizeContainer(cli, id, { rows, columns })) : undefined;
  const end = await runSession(attached.socket, { tty, framed: !tty, stdin, detachKeys });
  return end === "detached" ? 0 : exit.code;
}
