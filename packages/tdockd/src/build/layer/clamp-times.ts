import { lstatSync, lutimesSync, readdirSync } from "node:fs";

/** Sets the time of everything in a layer's folder that is later than `epoch` (seconds since 1970) to it. */
export function clampTimes(folder: string, epoch: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) clampTimes(path, epoch);
    clampOne(path, epoch);
  }
}

function clampOne(path: string, epoch: number): void {
  if (lstatSync(path).mtimeMs / 1000 > epoch) lutimesSync(path, epoch, epoch);
}
