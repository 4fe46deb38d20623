import { TdockError } from "@tdock/errors/error";
import { callerEnvironment } from "./caller-environment.ts";
import { type Cli, createCli, programName } from "./cli.ts";
import { parseArguments } from "./flags/parse-arguments.ts";
import { globalFlagTable, readGlobalFlags } from "./global-flags.ts";
import { findCommand } from "./registry/find.ts";
import { runCommand } from "./run-command.ts";
import { createPrinter, type Printer } from "./terminal/printer.ts";

/** Runs the command line and gives its exit code: 125 for flags before the command that are wrong, else the command's. */
async function main(words: readonly string[], env: Cli["env"]): Promise<number> {
  const { flags, operands, help } = parseArguments(globalFlagTable, words, { stopAtOperand: true });
  const cli = createCli(readGlobalFlags(flags, env), env);
  const command = flags.version ? findCommand(["--version"]) : help ? undefined : findCommand(operands);
  if (command === undefined) return printOverview(help || operands[0] === "help" ? cli.out : cli.err);
  return runCommand(cli, command);
}

async function printOverview(printer: Printer): Promise<number> {
  const { overview } = await import("./registry/overview.ts");
  printer.print(overview());
  return 0;
}

function fail(thrown: unknown): number {
  const error = TdockError.from(thrown);
  const isUsage = error.reason === "usage";
  createPrinter("stderr").print(isUsage ? `${error.message}\n\n${globalUsage}` : `${error.message}\n`);
  return isUsage ? 125 : 1;
}

const globalUsage = `Usage:  ${programName} [OPTIONS] COMMAND [ARG...]\n\nRun '${programName} --help' for more information\n`;

// The program ends with this when nothing is left that could wake it: a command that never got its answer has not succeeded.
process.exitCode = 1;
main(process.argv.slice(2), callerEnvironment(process.env))
  .catch(fail)
  .then((code) => process.exit(code));
