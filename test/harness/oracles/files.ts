import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Layout } from "../instance/layout.ts";

/** What containerd keeps for itself is seen through its API instead. */
const leftOut = /^(data|run)\/containerd\//;

/** All files and folders below an instance's roots, as paths relative to its root. */
export async function filesBelow({ root, dataRoot, execRoot }: Layout): Promise<string[]> {
  const paths = [...(await walk(dataRoot)), ...(await walk(execRoot))];
  return paths.map((path) => relative(root, path)).filter((path) => !leftOut.test(path));
}

async function walk(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...(await walk(path))] : [path];
  });
  return (await Promise.all(below)).flat();
}
