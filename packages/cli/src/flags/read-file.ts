import { readFileSync } from "node:fs";
import { TdockError } from "@tdock/errors/error";

const words: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EISDIR: "is a directory",
};

/** A text file that a flag names. Throws `not-found`, `forbidden` or `internal`, worded as Go words it. */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new TdockError(TdockError.from(cause).code, `open ${path}: ${words[code ?? ""] ?? message}`, { cause });
  }
}
