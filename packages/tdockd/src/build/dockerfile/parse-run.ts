import { readFlags } from "./flag-values.ts";
import type { BodyOf, CommandForm, NetworkMode } from "./instruction.ts";
import { argumentError, jsonArguments, type Request } from "./request.ts";
import { suggestion } from "./suggestion.ts";

const networks: readonly NetworkMode[] = ["default", "none", "host"];

/** RUN with its flags. Mounts are read when variables are known; here only what holds for any value is checked. */
export function parseRun(request: Request): BodyOf<"run"> {
  const flags = readFlags(request.line, request.flags, { mount: "list", network: "text", security: "text" });
  if (request.rest === "") throw argumentError(request, "RUN requires at least one argument");
  return {
    kind: "run",
    command: commandForm(request),
    mounts: flags.mount,
    network: oneOf(request, "network mode", flags.network || "default", networks),
    security: oneOf(request, "security mode", flags.security || "sandbox", ["sandbox", "insecure"] as const),
  };
}

function oneOf<const T extends string>(request: Request, what: string, value: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw argumentError(request, `invalid ${what} "${value}"${suggestion(value, known)}`);
}

/** CMD and ENTRYPOINT. No argument at all means an empty command. */
export function parseCommand(request: Request, kind: "cmd" | "entrypoint"): BodyOf<"cmd" | "entrypoint"> {
  readFlags(request.line, request.flags, {});
  return { kind, command: commandForm(request) };
}

/** SHELL, whose argument must be a JSON array. */
export function parseShell(request: Request): BodyOf<"shell"> {
  readFlags(request.line, request.flags, {});
  const words = jsonArguments(request);
  if (request.rest === "" || words?.length === 0) {
    throw argumentError(request, "SHELL requires at least one argument");
  }
  if (words === undefined) throw argumentError(request, `SHELL requires the arguments to be in JSON form`);
  return { kind: "shell", words };
}

function commandForm(request: Request): CommandForm {
  const words = jsonArguments(request);
  if (words !== undefined) return { form: "exec", words };
  return { form: "shell", words: request.rest === "" ? [] : [request.rest] };
}
