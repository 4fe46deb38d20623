import { lstatSync, lutimesSync } from "node:fs";
import { diskName } from "@tdock/api/name-text";
import { namesIn } from "../../host/name-text.ts";

/** Sets the time of everything in a layer's folder that is later than `epoch` (seconds since 1970) to it. */
export function clampTimes(folder: string, epoch: number): void {
  for (const name of namesIn(folder)) {
    const path = `${folder}/${name}`;
    const found = lstatSync(diskName(path));
    if (found.isDirectory()) clampTimes(path, epoch);
    // What is in a folder does not change its time here: only times are set.
    if (found.mtimeMs / 1000 > epoch) lutimesSync(diskName(path), epoch, epoch);
  }
}
