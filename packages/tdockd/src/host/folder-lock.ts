import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { libc } from "./libc.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;

/**
 * Claims a folder for this process until it ends, however it ends: a lock of the kernel, not a pid in a file.
 * Throws `conflict` when another process holds it.
 */
export function lockFolder(folder: string): Disposable {
  const fd = openSync(join(folder, "lock"), "w", 0o600);
  if (libc.flock(fd, LOCK_EX | LOCK_NB) !== 0) {
    closeSync(fd);
    throw new TdockError("conflict", `${folder} is in use by another tdockd`, { reason: "data-root-in-use" });
  }
  return { [Symbol.dispose]: () => closeSync(fd) };
}
