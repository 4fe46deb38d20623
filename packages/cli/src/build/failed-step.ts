import type { Cli } from "../cli.ts";
import { programName } from "../cli.ts";
import type { BuildOutcome } from "../commands/build.ts";
import { runFromStep } from "./from-step.ts";
import { shownLine } from "./shown-line.ts";

/** Says what failed: the step's last lines, why it ended, and how to look into what it left. */
export function reportFailure({ err }: Pick<Cli, "err">, outcome: BuildOutcome): void {
  const { failed, kept, title, tail, failure = "the daemon ended the build without a result" } = outcome;
  if (failed !== undefined && title !== "") {
    const lines = err.isTerminal ? tail.map(shownLine) : tail;
    err.print(`------\n > ${title}:\n${lines.map((line) => `${line}\n`).join("")}------\n`);
    if (failed.place !== undefined) err.print(`${failed.place.file}:${failed.place.line}\n`);
  }
  err.print(`ERROR: ${failure}\n`);
  if (kept === undefined) return;
  err.print(`\nTo look into what the step left: ${programName} run --rm -it --from-step ${kept.id} sh\n`);
}

/** `--shell-on-fail`: a shell in the state of the failed step, with its variables, user and folder. */
export async function openFailedShell(cli: Cli, { kept }: BuildOutcome): Promise<void> {
  if (kept === undefined) {
    cli.err.print("There is no step whose state a shell could be opened in\n");
    return;
  }
  await runFromStep(cli, kept.id);
}
