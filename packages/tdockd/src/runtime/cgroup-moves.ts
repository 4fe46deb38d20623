import { closeSync, constants, openSync, readFileSync, write } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { isUnifiedCgroup } from "./machine.ts";

/** A grace period that has ended serves for at least as long again, which is 5 ms and more. */
const intervalMs = 4;

let users = 0;
let isRunning = false;

/**
 * Until it is disposed of, runc's moves of processes into cgroups do not wait. The first such move on the machine waits
 * for a grace period of the kernel's read-copy-update, 5 to 20 ms, and those that follow at once do not
 * (`cgroup_threadgroup_rwsem`, kernel/cgroup/cgroup.c). This moves tdockd into the cgroup that it is in, over and over:
 * so the wait passes while the container is being prepared. Never throws: without it a start only takes longer.
 */
export function hurryCgroupMoves(): Disposable {
  users += 1;
  if (!isRunning) {
    isRunning = true;
    moveWhileWanted()
      .catch(() => {})
      .finally(() => {
        isRunning = false;
      });
  }
  let isWanted = true;
  return {
    [Symbol.dispose]: () => {
      if (isWanted) users -= 1;
      isWanted = false;
    },
  };
}

async function moveWhileWanted(): Promise<void> {
  const members = openOwnMembers();
  try {
    while (users > 0) {
      await writeTo(members, "0");
      await delay(intervalMs);
    }
  } finally {
    closeSync(members);
  }
}

const writeTo = promisify(write);

/** The list of processes of the cgroup that tdockd is in, opened anew each time: others may have moved it. cgroups(7). */
function openOwnMembers(): number {
  const memberships = readFileSync("/proc/self/cgroup", "utf8");
  const [, path] = (isUnifiedCgroup ? /^0::(.*)$/m : /^\d+:pids:(.*)$/m).exec(memberships) ?? [];
  const root = isUnifiedCgroup ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids";
  return openSync(`${root}${path}/cgroup.procs`, constants.O_WRONLY);
}
