import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { writeAll } from "./write-all.ts";

/** Asks for a line on the terminal; a secret one is not shown as it is typed. */
export async function ask(question: string, { secret }: { readonly secret: boolean }): Promise<string> {
  writeAll(1, Buffer.from(question));
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: secret ? nowhere : process.stdout, terminal: true });
  try {
    return await lines.question("");
  } finally {
    lines.close();
    if (secret) writeAll(1, Buffer.from("\n"));
  }
}
