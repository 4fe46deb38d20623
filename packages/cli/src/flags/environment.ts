import { invalid } from "./invalid.ts";
import { readKeyValueFile } from "./key-value-file.ts";
import { splitPair } from "./pairs.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Checks one `-e`. Throws `invalid-argument`. */
export function parseEnv(text: string): string {
  if (splitPair(text)[0] === "") throw invalid(`invalid environment variable: ${text}`);
  return text;
}

/**
 * The variables of a container: those of the files, then those of `-e`, which win. A name alone takes the caller's
 * value; where the caller has none, `-e NAME` is handed on as it is and removes the image's, a line of a file is left out.
 */
export function collectEnv(files: readonly string[], given: readonly string[], env: Env): string[] {
  const fromFiles = files.flatMap((path) => readKeyValueFile(path, (name) => env[name]));
  return [...fromFiles, ...given.map((text) => withCallersValue(text, env))];
}

function withCallersValue(text: string, env: Env): string {
  const [name, value] = splitPair(text);
  return value === undefined && env[name] !== undefined ? `${name}=${env[name]}` : text;
}

/** Labels of files and of `-l`; a name alone is a label with an empty value. */
export function collectLabels(files: readonly string[], given: readonly string[]): string[] {
  return [...files.flatMap((path) => readKeyValueFile(path)), ...given];
}

/** Checks one `-l`. Throws `invalid-argument`. */
export function parseLabel(text: string): string {
  if (splitPair(text)[0] === "") throw invalid(`invalid label '${text}': empty name`);
  return text;
}
