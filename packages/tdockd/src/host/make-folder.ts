import { access, constants, mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/** Makes a folder and those above it that are missing; `mode` is that of all. Throws the system's error. */
export async function makeFolder(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode });
  } catch (thrown) {
    // Node says ENOENT where a disk is mounted read-only: the folder that is there knows better.
    await access(await existingAbove(path), constants.W_OK);
    throw thrown;
  }
}

async function existingAbove(path: string): Promise<string> {
  const above = dirname(path);
  return await access(above).then(
    () => above,
    () => (above === path ? above : existingAbove(above)),
  );
}
