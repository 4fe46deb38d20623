import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Layout } from "../instance/layout.ts";

/**
 * What containerd keeps for itself, which is seen through its API instead; the keeper's stock of FIFOs, of which it
 * makes some in advance; folders right below the roots, which are made when they are first needed.
 */
const leftOut = /^(data|run)\/containerd\/|^run\/keeper\/fifos\/|^(data|run)\/[^/]+\/$/;

/** All files and folders below an instance's roots, as paths relative to its root; folders end in a slash. */
export async function filesBelow({ root, dataRoot, execRoot }: Layout): Promise<string[]> {
  const paths = [...(await walk(dataRoot)), ...(await walk(execRoot))];
  return paths.map((path) => path.slice(root.length + 1)).filter((path) => !leftOut.test(path));
}

async function walk(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [`${path}/`, ...(await walk(path))] : [path];
  });
  return (await Promise.all(below)).flat();
}
