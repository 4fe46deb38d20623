import { randomBytes } from "node:crypto";
import { readdirSync, renameSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

const ending = ".gone";

/** Whether a name in a folder of such folders is one that is being deleted. */
export function isBeingRemoved(name: string): boolean {
  return name.endsWith(ending);
}

/** Takes a folder's name away within the call, so that whoever wants it next makes a new one, then deletes it. */
export async function removeFolder(path: string): Promise<void> {
  const gone = `${path}-${randomBytes(4).toString("hex")}${ending}`;
  renameSync(path, gone);
  await rm(gone, { recursive: true, force: true });
}

/** Deletes what an earlier tdockd did not get to. */
export function finishRemovals(folder: string): void {
  for (const name of readdirSync(folder).filter(isBeingRemoved)) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}
