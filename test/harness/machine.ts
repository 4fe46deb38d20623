import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Whether this host has cgroup v2 alone. */
export const hasUnifiedCgroups = existsSync("/sys/fs/cgroup/cgroup.controllers");

/** A whole disk of this host: its node, and its numbers as cgroup files write them. Throws when there is none. */
export async function blockDevice(): Promise<{ readonly path: string; readonly numbers: string }> {
  for (const name of (await readdir("/sys/block")).sort()) {
    const numbers = (await readFile(join("/sys/block", name, "dev"), "utf8")).trim();
    const isDisk = !/^(loop|ram|zram|sr|fd)/.test(name);
    if (isDisk && existsSync(`/dev/${name}`)) return { path: `/dev/${name}`, numbers };
  }
  throw new Error("this host has no disk in /sys/block");
}
