import { spawn } from "node:child_process";
import { constants } from "node:os";
import { Duplex } from "node:stream";
import { TdockError } from "@tdock/errors/error";
import { missingCommand } from "./missing-command.ts";

export interface CommandOptions {
  /** Written to the command's stdin, which is closed afterwards. Without it stdin is /dev/null. */
  readonly input?: string | Uint8Array;
  /** Kills the command; the call then rejects with `canceled`. */
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  /** The whole environment of the command; PATH alone is passed when it is not given. */
  readonly env?: Readonly<Record<string, string>>;
  /** Bytes of stdout and of stderr that are kept, 1 MiB each unless told; the rest is read and dropped. */
  readonly maxOutputBytes?: number;
}

export interface CommandResult {
  /** 128 + N when signal N ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end, never through a shell. Resolves whatever its exit code is.
 * Throws `internal` (reason `command-missing`) when there is no such program, `canceled` when the signal fired.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const limit = options.maxOutputBytes ?? 1 << 20;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      env: options.env ?? { PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin" },
      ...(options.signal === undefined ? {} : { signal: options.signal, killSignal: "SIGKILL" as const }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const stdout = keepOutput(child.stdout, limit);
    const stderr = keepOutput(child.stderr, limit);
    // A command that ends without reading its input closes the pipe; its exit code tells whether that is a failure.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input);
    child.on("error", (cause: NodeJS.ErrnoException) => reject(startError(command, cause)));
    child.on("close", (code, signal) => {
      resolve({ exitCode: code ?? 128 + signalNumber(signal), stdout: stdout(), stderr: stderr() });
    });
  });
}

/** `runCommand`, but throws `internal` with the command's own words when it fails. */
export async function runOrThrow(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const result = await runCommand(command, args, options);
  if (result.exitCode === 0) return result;
  const words = result.stderr.trim() || result.stdout.trim() || `exit code ${result.exitCode}`;
  throw new TdockError("internal", `${command}: ${words}`);
}

function keepOutput(stream: NodeJS.ReadableStream | null, limit: number): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on("data", (chunk: Buffer) => {
    const kept = chunk.subarray(0, limit - size);
    if (kept.length > 0) chunks.push(kept);
    size += kept.length;
  });
  return () => Buffer.concat(chunks).toString();
}

function startError(command: string, cause: NodeJS.ErrnoException): TdockError {
  if (cause.code === "ENOENT") {
    return missingCommand(command, cause);
  }
  return TdockError.from(cause);
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : (constants.signals[signal] ?? 0);
}

/**
 * A program as a stream: what is written goes to its stdin, what is read comes from its stdout. The stream ends when the
 * program has ended well. It fails with `invalid-argument` and the program's own words when that fails, however much it
 * wrote before, with `internal` when there is no such program; destroying the stream kills it.
 */
export function commandStream(command: string, args: readonly string[]): Duplex {
  const child = spawn(command, args, { env: { PATH: process.env.PATH ?? "/usr/bin:/bin" } });
  const words = keepOutput(child.stderr, 1024);
  const stream = new Duplex({
    // A program that ended takes no more: why it did, its exit tells.
    write: (chunk, _, done) => child.stdin.write(chunk, () => done()),
    final: (done) => child.stdin.end(() => done()),
    read: () => child.stdout.resume(),
    destroy: (error, done) => {
      child.kill("SIGKILL");
      done(error);
    },
  });
  // Whoever reads is told, sooner or later; until somebody does, a failure must not end the server.
  stream.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  child.stdout.on("data", (chunk: Buffer) => stream.push(chunk) || child.stdout.pause());
  child.on("error", (cause: NodeJS.ErrnoException) => stream.destroy(startError(command, cause)));
  child.on("close", (code) => {
    if (code === 0) stream.push(null);
    else stream.destroy(new TdockError("invalid-argument", `${command}: ${words().trim() || `exit code ${code}`}`));
  });
  return stream;
}
