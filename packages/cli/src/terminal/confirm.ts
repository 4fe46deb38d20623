import type { Cli } from "../cli.ts";

/** Asks a question that only `y` and `yes` say yes to. Without a terminal, the answer is read all the same. */
export async function confirm(cli: Pick<Cli, "out">, question: string): Promise<boolean> {
  cli.out.print(`${question} [y/N] `);
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return /^(y|yes)$/i.test(line.trim());
    return false;
  } finally {
    lines.close();
  }
}
