import { execa } from "execa";

/** Compressors of this machine, by the ending of the files that they make. */
const commands = { gz: ["gzip", "-c"], xz: ["xz", "-c"], zst: ["zstd", "-qc"], bz2: ["bzip2", "-c"] } as const;

export type Ending = keyof typeof commands;

/** All of them. */
export const endings = Object.keys(commands) as readonly Ending[];

/** The bytes compressed by a program of this machine. */
export async function mustCompress(ending: Ending, bytes: Buffer): Promise<Buffer> {
  const [program, ...args] = commands[ending];
  const { stdout } = await execa(program, args, { input: bytes, encoding: "buffer" });
  return Buffer.from(stdout);
}
