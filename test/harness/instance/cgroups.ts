import { readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The folders of `parent` (as `/tdock-x`) and all below it, in every hierarchy of this machine, deepest first. */
export async function cgroupsBelow(parent: string): Promise<string[]> {
  const found = await Promise.all((await hierarchies()).map((hierarchy) => foldersBelow(join(hierarchy, parent))));
  return found.flat();
}

/** The processes in any of `cgroups`. */
export async function pidsIn(cgroups: readonly string[]): Promise<number[]> {
  const lists = await Promise.all(cgroups.map((path) => readFile(join(path, "cgroup.procs"), "utf8").catch(() => "")));
  return [...new Set(lists.flatMap((list) => list.split("\n").filter(Boolean).map(Number)))];
}

/** Lets the processes of paused containers go on: under cgroups v1 a frozen process does not even die. */
export async function thaw(cgroups: readonly string[]): Promise<void> {
  for (const path of cgroups)
    await writeFile(join(path, "freezer.state"), "THAWED", { flag: "r+" }).catch(() => undefined);
}

/** Removes empty cgroups, given deepest first. */
export async function removeCgroups(cgroups: readonly string[]): Promise<void> {
  for (const path of cgroups) await rmdir(path).catch(() => undefined);
}

async function hierarchies(): Promise<string[]> {
  const mounts = await readFile("/proc/self/mounts", "utf8");
  const lines = mounts.split("\n").map((line) => line.split(" "));
  const ofCgroups = lines.filter(([, , type]) => type === "cgroup" || type === "cgroup2").map(([, path = ""]) => path);
  return ofCgroups.filter((path) => path.startsWith("/sys/"));
}

async function foldersBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return [];
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => foldersBelow(join(path, entry.name)));
  return [...(await Promise.all(below)).flat(), path];
}
