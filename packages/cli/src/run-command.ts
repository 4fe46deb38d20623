import { TdockError } from "@tdock/errors/error";
import { type Cli, programName } from "./cli.ts";
import { type Command, usageLine } from "./command.ts";
import { parseArguments } from "./flags/parse-arguments.ts";
import type { FoundCommand } from "./registry/find.ts";

/** Parses a command's words and runs it. Prints what goes wrong, and gives the exit code. */
export async function runCommand(cli: Cli, { path, entry, words }: FoundCommand): Promise<number> {
  const command = await entry.load();
  try {
    const { flags, given, operands, help } = parseArguments(command.flags, words, {
      stopAtOperand: command.stopAtOperand ?? false,
    });
    if (help) return await printHelp(cli, { path, summary: entry.summary, command });
    checkOperands(path, command, operands);
    return (await command.run(cli, { flags, given, args: operands })) ?? 0;
  } catch (thrown) {
    return fail(cli, { path, command, error: TdockError.from(thrown) });
  }
}

interface Page {
  readonly path: string;
  readonly summary: string;
  readonly command: Command;
}

async function printHelp(cli: Cli, { path, summary, command }: Page): Promise<number> {
  const { commandHelp } = await import("./help.ts");
  cli.out.print(commandHelp(path, summary, command));
  return 0;
}

/** Throws `invalid-argument` with reason `operands`, in Docker's words. */
function checkOperands(path: string, { operands: [least, most] }: Command, operands: readonly string[]): void {
  if (operands.length >= least && operands.length <= most) return;
  const wanted = most === 0 ? "accepts no arguments" : `requires ${boundsText(least, most)}`;
  throw new TdockError("invalid-argument", `${programName}: '${programName} ${path}' ${wanted}`, {
    reason: "operands",
  });
}

function boundsText(least: number, most: number): string {
  if (least === most) return countText(least);
  if (most === Number.POSITIVE_INFINITY) return `at least ${countText(least)}`;
  return least === 0 ? `at most ${countText(most)}` : `at least ${least} and at most ${countText(most)}`;
}

function countText(count: number): string {
  return `${count} argument${count === 1 ? "" : "s"}`;
}

/** Flags that are wrong end with 125, as with Docker; operands with 1; both show the usage line. */
function fail(cli: Cli, { path, command, error }: { path: string; command: Command; error: TdockError }): number {
  if (error.reason !== "usage" && error.reason !== "operands") {
    if (error.message !== "") cli.err.print(`${error.message}\n`);
    return 1;
  }
  cli.err.print(
    `${error.message}\n\nUsage:  ${usageLine(path, command)}\n\nRun '${programName} ${path} --help' for more information\n`,
  );
  return error.reason === "usage" ? 125 : 1;
}
