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

/**
 * As {@link sizeOfFolder}, without files that have names outside the folder, too: what its removal would free.
 */
export async function ownSizeOfFolder(path: string): Promise<number> {
  const shared = [path, "-xdev", "-type", "f", "-links", "+1", "-printf", "%i %n %b\\n"];
  // Some 15 bytes tell of a file, and a context may have a million of them.
  const options = { maxOutputBytes: 64 * 1024 * 1024 };
  const [all, found] = await Promise.all([sizeOfFolder(path), runCommand("find", shared, options)]);
  const files = new Map<string, { links: number; readonly bytes: number }>();
  for (const line of found.stdout.split("\n").filter(Boolean)) {
    const [inode = "", links, blocks] = line.split(" ");
    const file = files.get(inode) ?? { links: Number(links), bytes: Number(blocks) * 512 };
    file.links -= 1;
    files.set(inode, file);
  }
  return all - [...files.values()].reduce((sum, { links, bytes }) => sum + (links > 0 ? bytes : 0), 0);
}
