/** Docker's exit codes: 127 for a command that is not there, 126 for one that cannot be run. */
const exitCodes: Readonly<Record<string, number>> = {
  "command-not-found": 127,
  "mount-type-mismatch": 127,
  "working-directory": 127,
  "not-executable": 126,
  "working-directory-forbidden": 126,
};

/** The exit code that stands for a process that could not be started, by the reason of the error; else `otherwise`. */
export function startFailureExitCode(reason: string | undefined, otherwise: number): number {
  return exitCodes[reason ?? ""] ?? otherwise;
}
