import { readdir, readlink } from "node:fs/promises";

/** What a process has open, with the numbers of sockets and pipes left out: one line for each descriptor. */
export async function openFiles(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await readdir(folder).catch(() => []);
  const targets = await Promise.all(descriptors.map((name) => readlink(`${folder}/${name}`).catch(() => "")));
  return targets.filter(Boolean).map((target) => target.replace(/:\[\d+\]$/, ""));
}
