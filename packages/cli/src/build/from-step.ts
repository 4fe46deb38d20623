import type { Cli } from "../cli.ts";
import { run } from "../commands/run.ts";
import { parseArguments } from "../flags/parse-arguments.ts";

/** Runs an interactive shell in the state of a step. */
export async function runFromStep(cli: Cli, id: string): Promise<void> {
  const words = [
    "--rm",
    "-i",
    ...(cli.out.isTerminal ? ["-t"] : []),
    "--entrypoint",
    "/bin/sh",
    "--from-step",
    id,
    "-i",
  ];
  const { flags, given, operands } = parseArguments(run.flags, words, { stopAtOperand: true });
  await run.run(cli, { flags, given, args: operands });
}
