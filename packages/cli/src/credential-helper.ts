import { spawn } from "node:child_process";
import { text as readText } from "node:stream/consumers";
import { TdockError } from "@tdock/errors/error";

export interface HelperCredentials {
  readonly Username: string;
  readonly Secret: string;
}

type Action = "get" | "store" | "erase" | "list";

const verbs: Readonly<Record<Action, string>> = {
  get: "getting",
  store: "storing",
  erase: "erasing",
  list: "listing",
};

/**
 * Runs `docker-credential-<helper>` by its protocol (github.com/docker/docker-credential-helpers): the action as
 * argument, the registry or the credentials on standard input. `get` gives undefined when the helper has none.
 * Throws `not-found` when there is no such program, `internal` with its words when it fails.
 */
export async function runCredentialHelper(
  helper: string,
  action: Exclude<Action, "list">,
  input: string,
): Promise<HelperCredentials | undefined> {
  const program = `docker-credential-${helper}`;
  const { exitCode, output } = await runProgram(program, action, input);
  if (exitCode === 0) return action === "get" ? readCredentials(program, output) : undefined;
  if (action !== "store" && /credentials not found|no credentials server URL/i.test(output)) return undefined;
  throw new TdockError(
    "internal",
    `error ${verbs[action]} credentials - err: exit status ${exitCode}, out: \`${output.trim()}\``,
  );
}

/** The registries that a helper has credentials for. Not every helper can tell: none, then. */
export async function helperRegistries(helper: string): Promise<readonly string[]> {
  try {
    const { exitCode, output } = await runProgram(`docker-credential-${helper}`, "list", "");
    return exitCode === 0 ? Object.keys(JSON.parse(output) as object) : [];
  } catch {
    return [];
  }
}

/** The parser's own words would show what it could not read, and that may be a secret. */
function readCredentials(program: string, output: string): HelperCredentials {
  try {
    return JSON.parse(output) as HelperCredentials;
  } catch {
    throw new TdockError("internal", `error getting credentials - err: the answer of ${program} is not JSON`);
  }
}

function runProgram(program: string, action: Action, input: string): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [action], { stdio: ["pipe", "pipe", "inherit"] });
    const output = readText(child.stdout);
    child.once("error", (cause: NodeJS.ErrnoException) => {
      const why = cause.code === "ENOENT" ? "executable file not found in $PATH" : cause.message;
      const message = `error ${verbs[action]} credentials - err: exec: "${program}": ${why}`;
      reject(new TdockError(TdockError.from(cause).code, message, { cause }));
    });
    child.once("close", (code) => output.then((text) => resolve({ exitCode: code ?? 1, output: text }), reject));
    // A helper may end without reading; its exit code says what happened.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
