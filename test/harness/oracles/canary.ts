import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fingerprint } from "./fingerprint.ts";

/** A file of the host that attacks aim at, in a folder of its own. */
export interface Canary {
  readonly path: string;
  readonly folder: string;
  readonly plant: () => Promise<void>;
  /** What is not as it was when planted: content, mode, owner, times, or the folder's mode and entries' number. */
  readonly changes: () => Promise<string[]>;
  readonly remove: () => Promise<void>;
}

/** A canary at `path`, which must be absolute; its folder is made and removed with it. */
export function canaryAt(path: string): Canary {
  const folder = dirname(path);
  let planted: string[] = [];
  const look = async () => {
    const { mode, uid, mtimeMs } = await stat(folder);
    return [await fingerprint(path), `${folder} ${mode} ${uid} ${mtimeMs}`];
  };
  return {
    path,
    folder,
    plant: async () => {
      await mkdir(folder, { recursive: true });
      await writeFile(path, "a file of the host\n", { mode: 0o640 });
      planted = await look();
    },
    changes: async () => (await look()).filter((line) => !planted.includes(line)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
