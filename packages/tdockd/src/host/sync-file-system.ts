import { open } from "node:fs/promises";
import { promisify } from "node:util";
import { TdockError } from "@tdock/errors/error";
import { libc } from "./libc.ts";

const syncfs = promisify<number, number>(libc.syncfs.async);

/**
 * Resolves when all that was written to the file system of a folder is on the disk; another thread waits for it.
 * Throws `internal` when not all of it could be written.
 */
export async function syncFileSystem(folder: string): Promise<void> {
  await using handle = await open(folder);
  if ((await syncfs(handle.fd)) === 0) return;
  // errno is the other thread's.
  throw new TdockError("internal", `${folder}: not all that was written to its file system is on the disk`);
}
