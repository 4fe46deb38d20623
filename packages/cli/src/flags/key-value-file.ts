import { invalid } from "./invalid.ts";
import { readTextFile } from "./read-file.ts";

/** Gives the value of a name that stands alone on its line; undefined leaves the line out. */
export type LookUp = (name: string) => string | undefined;

/**
 * Reads an env or label file: one `name=value` a line, `#` comments, names alone are looked up
 * (docker/cli `pkg/kvfile`). Throws `not-found`, `forbidden`, or `invalid-argument` with the line that is wrong.
 */
export function readKeyValueFile(path: string, lookUp?: LookUp): string[] {
  return parseKeyValueLines(readTextFile(path), { path, lookUp });
}

export function parseKeyValueLines(
  text: string,
  { path, lookUp }: { path: string; lookUp?: LookUp | undefined },
): string[] {
  const pairs: string[] = [];
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const trimmed = line.trimStart();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const at = trimmed.indexOf("=");
    const name = at === -1 ? trimmed : trimmed.slice(0, at);
    if (/\s/.test(name)) throw invalid(`invalid env file (${path}): variable '${name}' contains whitespaces`);
    if (name === "") throw invalid(`invalid env file (${path}): no variable name on line '${trimmed}'`);
    const value = at === -1 ? lookUp?.(name) : trimmed.slice(at + 1);
    if (value !== undefined) pairs.push(`${name}=${value}`);
    else if (lookUp === undefined) pairs.push(name);
  }
  return pairs;
}
