import { spawn } from "node:child_process";
import { once } from "node:events";
import { runProgram } from "../harness/program.ts";

/** A container engine under measurement: tdock or one of its peers. */
export interface BenchEngine extends AsyncDisposable {
  readonly name: string;
  /** Says what exactly was measured, for the table's caption. */
  readonly version: string;
  /** The command that stands in front of an engine's arguments, and the environment it needs. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The processes that serve all containers together; without those that each container has of its own. */
  readonly serverPids: () => Promise<number[]>;
}

/** Runs an engine's command line with its output thrown away. Throws when it fails. */
export async function runEngine({ command, env }: BenchEngine, args: readonly string[]): Promise<void> {
  await runQuietly([...command, ...args], env);
}

/** How many milliseconds an engine's command takes. Throws when it fails. */
export async function timeRun({ command, env }: BenchEngine, args: readonly string[]): Promise<number> {
  return timeCommand([...command, ...args], env);
}

/**
 * How many milliseconds a command takes to whom calls it from a shell, which does the timing: for this process starting
 * a program takes several times as long, and the same for every engine. Throws when it fails.
 */
export async function timeCommand(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const args = ["-c", timed, "bash", ...command];
  const { stdout, stderr, exitCode } = await runProgram("bash", args, { env, timeoutMs: 600_000 });
  if (exitCode !== 0) throw new Error(`${command.join(" ")} exited ${exitCode}: ${stderr}`);
  return Number(stdout) / 1000;
}

const timed = `begin=$EPOCHREALTIME; "$@" </dev/null >/dev/null || exit; echo $(( \${EPOCHREALTIME/./} - \${begin/./} ))`;

/** Runs a command with its output thrown away. Throws when it fails. */
export async function runQuietly(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...env } });
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint += text;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${command.join(" ")} exited ${code}: ${complaint}`);
}

/** How many milliseconds `work` takes. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}
