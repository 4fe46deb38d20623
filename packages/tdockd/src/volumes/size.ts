import { runCommand } from "../host/run-command.ts";

/**
 * Bytes that a folder takes on its disk, hard links counted once, other file systems left out; -1 when it cannot be
 * told. A walk through every file, so off the main thread.
 */
export async function sizeOfFolder(path: string): Promise<number> {
  const { stdout } = await runCommand("du", ["-s", "-x", "-B1", "--", path]);
  const bytes = Number.parseInt(stdout, 10);
  return Number.isNaN(bytes) ? -1 : bytes;
}
