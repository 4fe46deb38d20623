import { randomBytes } from "node:crypto";
import { readdirSync, renameSync, rmdirSync, rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";

const ending = ".gone";

/** Whether a name in a folder of such folders is one that is being deleted. */
export function isBeingRemoved(name: string): boolean {
  return name.endsWith(ending);
}

/** A name for what is not `path` yet, or not any more: the next tdockd deletes it. */
export function unfinishedFolder(path: string): string {
  return `${path}-${randomBytes(4).toString("hex")}${ending}`;
}

/** Takes a folder's name away within the call, so that whoever wants it next makes a new one, then deletes it. */
export async function removeFolder(path: string): Promise<void> {
  const gone = unfinishedFolder(path);
  renameSync(path, gone);
  await clear(Buffer.from(gone), { since: performance.now() });
  rmdirSync(gone);
}

/** One after the other: `rm` begins with all that a folder holds at once, which takes a kilobyte for each. */
async function clear(folder: Buffer, turn: { since: number }): Promise<void> {
  for (const entry of readdirSync(folder, { withFileTypes: true, encoding: "buffer" })) {
    const path = Buffer.concat([folder, slash, entry.name]);
    if (entry.isDirectory()) {
      await clear(path, turn);
      rmdirSync(path);
    } else unlinkSync(path);
    if (performance.now() - turn.since < maxBusyMs) continue;
    await nextTurn();
    turn.since = performance.now();
  }
}

const slash = Buffer.from("/");

/** The server answers others at least this often. */
const maxBusyMs = 10;

/** Deletes what an earlier tdockd did not get to. */
export function finishRemovals(folder: string): void {
  for (const name of readdirSync(folder).filter(isBeingRemoved)) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}
