import { readdir, readFile } from "node:fs/promises";
import { basename, normalize } from "node:path";
import { eventually } from "../eventually.ts";

/** A process as /proc shows it. */
export interface Process {
  readonly pid: number;
  readonly args: readonly string[];
}

/** All processes whose command line contains `text`, this one and its parents left out. */
export async function processesWith(text: string): Promise<Process[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const processes = await Promise.all(pids.map(async (pid) => ({ pid, args: await argsOf(pid) })));
  return processes.filter(({ pid, args }) => pid !== process.pid && args.some((arg) => arg.includes(text)));
}

/** The name a process is known by: its program, or its script where Node runs one. */
export function programOf({ args }: Process): string {
  const [program = "", ...rest] = args;
  const script = rest.find((argument) => !argument.startsWith("-")) ?? "";
  return basename(program) === "node" ? normalize(script).split("/").slice(-3).join("/") : basename(program);
}

/** Ends `pids` with SIGKILL and waits until they are gone. */
export async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) sendSignal(pid, "SIGKILL");
  await eventually(async () => {
    const alive = (await Promise.all(pids.map(isAlive))).filter(Boolean).length;
    if (alive > 0) throw new Error(`${alive} of the processes ${pids.join(", ")} are still there`);
  });
}

/** Sends a signal to a process that may have ended already. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Whether a process runs. One that has ended and waits for its parent does not. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/\) [ZX] /.test(stat);
}

async function argsOf(pid: number): Promise<string[]> {
  const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return line.split("\0").slice(0, -1);
}
