import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { TdockError } from "@tdock/errors/error";
import { missingCommand } from "./missing-command.ts";

/** A program that runs, with its ends in hand. */
export interface PipedCommand {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** How it ended; never rejects once the program has started. The first KiB of its stderr. */
  readonly ended: Promise<{ readonly exitCode: number; readonly stderr: string }>;
}

export interface PipedCommandOptions {
  /** Ends the program by force. */
  readonly signal: AbortSignal;
}

/**
 * Starts a program that data flows through: an absolute path and an argument array, never a shell. It gets an empty
 * environment. Throws `internal` (reason `command-missing`) when there is no such program, `canceled`.
 */
export async function startPiped(
  command: string,
  args: readonly string[],
  { signal }: PipedCommandOptions,
): Promise<PipedCommand> {
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8" },
    signal,
    killSignal: "SIGKILL",
  });
  // An abort is reported as an error at any time, also before the start was; how the program ended says the same.
  child.on("error", () => undefined);
  const ended = untilEnded(child);
  ended.catch(() => undefined);
  try {
    await once(child, "spawn");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") throw missingCommand(command, cause);
    throw TdockError.from(cause);
  }
  // A program that ends before it has read everything closes the pipe; its exit code tells whether that is a failure.
  child.stdin?.on("error", () => undefined);
  return { pid: child.pid as number, stdin: child.stdin as Writable, stdout: child.stdout as Readable, ended };
}

const keptBytes = 1024;

async function untilEnded(child: ChildProcess): Promise<{ exitCode: number; stderr: string }> {
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    if (stderr.length < keptBytes) stderr += chunk.toString("latin1", 0, keptBytes);
  });
  const [code] = (await once(child, "close").catch(() => [null])) as [number | null];
  return { exitCode: code ?? 137, stderr: stderr.trim() };
}
