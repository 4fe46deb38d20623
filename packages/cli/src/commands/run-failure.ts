import { TdockError } from "@tdock/errors/error";
import { type Cli, programName } from "../cli.ts";
import { isNoEngine } from "../client/reply-error.ts";

/**
 * Exit codes by the reason that the engine gives; any other failure of `run` is 125. Docker's client takes whatever is
 * said of a missing file for a missing command.
 */
const exitCodes: Readonly<Record<string, number>> = {
  "command-not-found": 127,
  "device-missing": 127,
  "not-executable": 126,
};

/**
 * Prints why a container could not be run and gives the exit code that scripts know: 127 when its command or a device
 * does not exist, 126 when the command cannot be executed, else 125; 1 for flags that do not fit our own terminal.
 */
export function runFailure(cli: Cli, command: string, thrown: unknown): number {
  const error = TdockError.from(thrown);
  if (error.reason === "refused-here") {
    cli.err.print(`${error.message}\n`);
    return 1;
  }
  const message = isNoEngine(error) ? error.message : `${programName}: ${error.message}`;
  cli.err.print(`${message}\n\nRun '${programName} ${command} --help' for more information\n`);
  return exitCodes[error.reason ?? ""] ?? 125;
}
