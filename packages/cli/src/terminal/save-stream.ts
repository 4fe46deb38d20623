import { createWriteStream } from "node:fs";
import { realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { TdockError } from "@tdock/errors/error";
import { isTerminal } from "./is-terminal.ts";
import { copyOutput } from "./output.ts";

/**
 * Checks where a command's bytes are to go, before the engine is asked for them. Throws `invalid-argument` for a
 * terminal, `not-found` for a file in a folder that does not exist.
 */
export async function checkDestination(path: string | undefined): Promise<void> {
  if (path === undefined || path === "") {
    if (!isTerminal(1)) return;
    throw new TdockError("invalid-argument", "cowardly refusing to save to a terminal. Use the -o flag or redirect");
  }
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (folder?.isDirectory()) return;
  throw new TdockError("not-found", `invalid output path: directory "${dirname(path)}" does not exist`);
}

/**
 * Writes a stream to a file, which appears only when it is complete, or to standard output. A link is followed; what is
 * no regular file, such as a FIFO or `/dev/null`, is written to and stays what it is.
 */
export async function saveStream(source: AsyncIterable<Uint8Array>, path: string | undefined): Promise<void> {
  if (path === undefined || path === "") return copyOutput(source, { framed: false });
  try {
    const before = await stat(path).catch(() => undefined);
    if (before?.isFile() === false) await pipeline(source, createWriteStream(path));
    else await writeWhole(source, before === undefined ? path : await realpath(path));
  } catch (thrown) {
    throw TdockError.from(thrown);
  }
}

async function writeWhole(source: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  const partial = `${path}.${process.pid}.part`;
  try {
    await pipeline(source, createWriteStream(partial, { mode: 0o666 }));
    await rename(partial, path);
  } catch (thrown) {
    await rm(partial, { force: true });
    throw thrown;
  }
}
