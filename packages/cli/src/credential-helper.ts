import { spawn } from "node:child_process";
import { text as readText } from "node:stream/consumers";
import { TdockError } from "@tdock/errors/error";

export interface HelperCredentials {
  readonly Username: string;
  readonly Secret: string;
}

/**
 * Runs `docker-credential-<helper>` by its protocol (github.com/docker/docker-credential-helpers): the action as
 * argument, the registry or the credentials on standard input. `get` gives undefined when the helper has none.
 * Throws `not-found` when there is no such program, `internal` with its words when it fails.
 */
export async function runCredentialHelper(
  helper: string,
  action: "get" | "store" | "erase",
  input: string,
): Promise<HelperCredentials | undefined> {
  const program = `docker-credential-${helper}`;
  const { exitCode, output } = await runProgram(program, action, input);
  if (exitCode === 0) return action === "get" ? (JSON.parse(output) as HelperCredentials) : undefined;
  if (action !== "store" && /credentials not found|no credentials server URL/i.test(output)) return undefined;
  throw new TdockError(
    "internal",
    `error getting credentials - err: exit status ${exitCode}, out: \`${output.trim()}\``,
  );
}

function runProgram(program: string, action: string, input: string): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [action], { stdio: ["pipe", "pipe", "inherit"] });
    const output = readText(child.stdout);
    child.once("error", (cause) => {
      const message = `error getting credentials - err: exec: "${program}": executable file not found in $PATH`;
      reject(new TdockError("not-found", message, { cause }));
    });
    child.once("close", (code) => output.then((text) => resolve({ exitCode: code ?? 1, output: text }), reject));
    // A helper may end without reading; its exit code says what happened.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
