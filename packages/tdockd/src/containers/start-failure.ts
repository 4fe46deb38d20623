/** Docker's exit codes: 127 for a command that is not there, 126 for one that cannot be run. */
const exitCodes: Readonly<Record<string, number>> = {
  "command-not-found": 127,
  "mount-type-mismatch": 127,
  "working-directory": 127,
  "not-executable": 126,
  "working-directory-forbidden": 126,
};

/** The exit code of a container whose process could not be started, by the reason of the error. */
export function startFailureExitCode(reason: string | undefined): number {
  return exitCodes[reason ?? ""] ?? 128;
}

/** That of an exec: 127 for a command that is not there, 126 for whatever else stood in the way. */
export function execFailureExitCode(reason: string | undefined): number {
  return reason === "command-not-found" ? 127 : 126;
}
