import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isUnifiedCgroup } from "./machine.ts";
import { cgroupFolder } from "./spec/paths.ts";

/**
 * Whether the kernel has killed a process of a cgroup for lack of memory; `path` is the cgroup's, from its hierarchy's
 * root. False when that cannot be read. Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst.
 */
export function hasOomKills(path: string): boolean {
  const file = isUnifiedCgroup ? [path, "memory.events"] : ["memory", path, "memory.oom_control"];
  try {
    return /^oom_kill [1-9]/m.test(readFileSync(join(cgroupFolder, ...file), "utf8"));
  } catch {
    return false;
  }
}
