import { open } from "node:fs/promises";
import { TdockError } from "@tdock/errors/error";
import { bun } from "../client/bun.ts";
import { FileBytes } from "../client/file-bytes.ts";
import { isTerminal } from "./is-terminal.ts";

/**
 * The bytes of a file, or of standard input for `-`. Throws `not-found` or `forbidden` before anything is asked of
 * the engine, `invalid-argument` when standard input is a terminal.
 */
export async function openInput(path: string): Promise<AsyncIterable<Uint8Array>> {
  if (path === "-") {
    if (isTerminal(0)) throw new TdockError("invalid-argument", "requested load from stdin, but stdin is empty");
    return bun.stdin.stream();
  }
  try {
    const file = await open(path);
    const found = await file.stat();
    if (!found.isFile() && !found.isDirectory()) return file.createReadStream();
    await file.close();
    if (found.isDirectory()) throw new TdockError("invalid-argument", "is a directory");
    return new FileBytes(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const words = code === "ENOENT" ? "no such file or directory" : message;
    throw new TdockError(TdockError.from(cause).code, `open ${path}: ${words}`, { cause });
  }
}
