import { readFile } from "node:fs/promises";
import { mustRun } from "../program.ts";

/** Where something is mounted at or below `root` in this mount namespace, latest first. */
export async function mountsBelow(root: string): Promise<string[]> {
  const lines = (await readFile("/proc/self/mountinfo", "utf8")).split("\n");
  const points = lines.map((line) => unescapeOctal(line.split(" ")[4] ?? ""));
  return points.filter((point) => point === root || point.startsWith(`${root}/`)).reverse();
}

/** Takes away all mounts at or below `root`. */
export async function unmountBelow(root: string): Promise<void> {
  for (const point of await mountsBelow(root)) await mustRun("umount", ["-l", point]);
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
