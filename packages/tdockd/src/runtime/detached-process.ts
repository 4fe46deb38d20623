import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, closeSync, constants, openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { TdockError } from "@tdock/errors/error";
import { missingCommand } from "../host/missing-command.ts";

/** A program that outlives tdockd and serves at a Unix socket. */
export interface DetachedProgram {
  /** As messages call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment; PATH alone when it is not given. */
  readonly env?: Readonly<Record<string, string>>;
  readonly socketPath: string;
  /** Its stdout and stderr are appended here. */
  readonly logPath: string;
  /** How long it may take until it answers. Default 10,000. */
  readonly patienceMs?: number;
}

const pollMs = 10;

/**
 * Resolves when the program answers at its socket: one that an earlier tdockd left is adopted, else it is started in
 * a session of its own. Throws `internal` (reason `command-missing`) when there is no such program, `unavailable`
 * with the last line it wrote when it exits or does not answer in time.
 */
export async function startOrAdopt(program: DetachedProgram): Promise<"adopted" | "started"> {
  if (await answers(program.socketPath)) return "adopted";
  const child = await spawnDetached(program);
  const deadline = performance.now() + (program.patienceMs ?? 10_000);
  while (!(await answers(program.socketPath))) {
    if (child.exitCode !== null || child.signalCode !== null) throw startError(program, "exited");
    if (performance.now() > deadline) throw startError(program, "does not answer");
    await delay(pollMs);
  }
  child.unref();
  return "started";
}

/** Whether somebody listens at the socket. */
export function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path: socketPath });
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

function spawnDetached(program: DetachedProgram): Promise<ChildProcess> {
  const logFd = openSync(program.logPath, "a", 0o600);
  const child = spawn(program.command, program.args, {
    detached: true,
    cwd: "/",
    env: program.env ?? { PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin" },
    stdio: ["ignore", logFd, logFd],
  });
  closeSync(logFd);
  return new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(child));
    child.once("error", (cause) => reject(missingCommand(program.command, cause)));
  });
}

function startError(program: DetachedProgram, what: string): TdockError {
  const lastLine = readFileSync(program.logPath, "utf8").trimEnd().split("\n").at(-1) ?? "";
  return new TdockError("unavailable", `${program.name} ${what}: ${lastLine} (see ${program.logPath})`);
}

/** What containerd starts for each container. */
export const runtimeCommands = ["containerd-shim-runc-v2", "runc"];

/** Throws what `missingCommand` makes of the first of these programs that is in none of the folders of PATH. */
export function requireCommands(commands: readonly string[]): void {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const command of commands) {
    if (!folders.some((folder) => isExecutable(join(folder, command)))) throw missingCommand(command, undefined);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
