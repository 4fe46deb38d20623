import { rmdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";

/** With the folders that hold nothing else, up to the one that all outputs have in common. */
export function removeFifos(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true });
  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    if (removeIfEmpty(folder)) removeIfEmpty(dirname(folder));
  }
}

function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
