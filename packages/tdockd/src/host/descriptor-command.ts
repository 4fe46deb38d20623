import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { TdockError } from "@tdock/errors/error";
import { missingCommand } from "./missing-command.ts";

/** The ends of pipes or files that a program reads and writes; without one it is /dev/null. */
export interface DescriptorCommandOptions {
  readonly input?: number;
  readonly output?: number;
  /** Ends the program by force. */
  readonly signal: AbortSignal;
  readonly cwd?: string;
  /** A complaint that ends the program: some go on reading for nothing, as tar does on a full disk. */
  readonly fatal?: RegExp;
}

/** How a program ended. */
export interface CommandEnding {
  /** Undefined when a signal ended it: because it was told to stop, or because nobody read what it wrote. */
  readonly exitCode: number | undefined;
  /** The first KiB of what it complained. */
  readonly complaint: string;
}

/** A program that runs. */
export interface DescriptorCommand {
  /** Never rejects. */
  readonly ended: Promise<CommandEnding>;
}

const keptBytes = 1024;

/**
 * Starts a program that data flows through without this process: an absolute path and an argument array, never a
 * shell. Its environment is a PATH and the C locale. The descriptors stay the caller's.
 * Throws `internal` (reason `command-missing`), `canceled`.
 */
export async function startOnDescriptors(
  command: string,
  args: readonly string[],
  { input, output, signal, cwd, fatal }: DescriptorCommandOptions,
): Promise<DescriptorCommand> {
  if (signal.aborted) throw TdockError.from(signal.reason);
  const child = spawn(command, args, {
    stdio: [input ?? "ignore", output ?? "ignore", "pipe"],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8" },
    detached: true,
    ...(cwd !== undefined && { cwd }),
  });
  child.on("error", () => undefined);
  const kill = () => killGroup(child);
  signal.addEventListener("abort", kill, { once: true });
  child.once("close", () => signal.removeEventListener("abort", kill));
  let complaint = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    if (complaint.length < keptBytes) complaint += chunk.toString("latin1", 0, keptBytes);
    if (fatal?.test(complaint)) kill();
  });
  const closed = new Promise<number | undefined>((resolve) =>
    child.once("close", (code) => resolve(code ?? undefined)),
  );
  try {
    await once(child, "spawn");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw TdockError.from(cause);
    throw missingCommand(command, cause);
  }
  return { ended: closed.then((exitCode) => ({ exitCode, complaint: complaint.trim() })) };
}

/**
 * Ends a program with all that it started: bubblewrap's second process, when only the first is killed before both are
 * ready, waits for it for ever.
 */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
}
