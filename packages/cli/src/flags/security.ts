import { quote } from "../terminal/template/quote.ts";
import { invalid } from "./invalid.ts";
import { splitPair } from "./pairs.ts";
import { readTextFile } from "./read-file.ts";

/** What `--security-opt` says. `systemPathsUnconfined` is dealt with by the client: it empties two lists. */
export interface SecurityOptions {
  readonly options: readonly string[];
  readonly systemPathsUnconfined: boolean;
}

/**
 * Checks the options and puts the content of a seccomp profile in the place of its file name, since only the client
 * sees the file. Throws `invalid-argument`.
 */
export function securityOptions(given: readonly string[]): SecurityOptions {
  const options = given.map(readSecurityOption);
  return {
    options: options.filter((option) => option !== "systempaths=unconfined"),
    systemPathsUnconfined: options.includes("systempaths=unconfined"),
  };
}

function readSecurityOption(option: string): string {
  const [name, value] = option.includes("=") ? splitPair(option) : splitPair(option, ":");
  if (name === "no-new-privileges") return option;
  if (value === undefined || value === "") throw invalid(`Invalid --security-opt: ${quote(option)}`);
  const isProfile = name === "seccomp" && value !== "unconfined" && value !== "builtin";
  return isProfile ? `seccomp=${readProfile(value)}` : option;
}

function readProfile(path: string): string {
  let text: string;
  try {
    text = readTextFile(path);
  } catch (cause) {
    throw invalid(`opening seccomp profile (${path}) failed: ${(cause as Error).message}`, cause);
  }
  try {
    return JSON.stringify(JSON.parse(text));
  } catch (cause) {
    throw invalid(`compacting json for seccomp profile (${path}) failed: ${(cause as Error).message}`, cause);
  }
}
