import { TdockError } from "@tdock/errors/error";
import { fs } from "../fs.ts";
import { invalid } from "./invalid.ts";

const words: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EISDIR: "is a directory",
};

/**
 * A text file that a flag names. Throws `invalid-argument` where it is not UTF-8; `not-found`, `forbidden` or
 * `internal`, worded as Go words it.
 */
export function readTextFile(path: string): string {
  const bytes = readBytes(path);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw invalid(`${path}: invalid utf8 bytes`, cause);
  }
}

function readBytes(path: string): Uint8Array {
  try {
    return fs().readFileSync(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new TdockError(TdockError.from(cause).code, `open ${path}: ${words[code ?? ""] ?? message}`, { cause });
  }
}
