import { readFileSync } from "node:fs";

/** The kernel's PF_EXITING: set from the moment when a process begins to end, which takes all others of its namespace. */
const exitingFlag = 0x4;

/** Whether a process is gone, on its way out, or waits only to be reaped. Follows proc_pid_stat(5). */
export function isEnding(pid: number): boolean {
  const stat = readStat(pid);
  if (stat === undefined) return true;
  // The name before may hold blanks and brackets.
  const [state = "", , , , , , flags] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return state === "Z" || state === "X" || (Number(flags) & exitingFlag) !== 0;
}

function readStat(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw thrown;
  }
}
