import type { Cli } from "../cli.ts";
import { run } from "../commands/run.ts";
import { parseArguments } from "../flags/parse-arguments.ts";

/** The image under which the engine keeps what a failed step left. */
export function stepImage(id: string): string {
  return `tdock-step:${id}`;
}

/** Runs an interactive shell in the state of a step. */
export async function runFromStep(cli: Cli, id: string): Promise<void> {
  const words = ["--rm", "-i", ...(cli.out.isTerminal ? ["-t"] : []), "--entrypoint", "/bin/sh", stepImage(id)];
  const { flags, given, operands } = parseArguments(run.flags, words, { stopAtOperand: true });
  await run.run(cli, { flags, given, args: operands });
}
