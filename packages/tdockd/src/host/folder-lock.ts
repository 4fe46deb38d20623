import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { lockExclusively } from "./exclusive-lock.ts";

/**
 * Claims a folder for this process until it ends, however it ends: a lock of the kernel, not a pid in a file.
 * Throws `conflict` when another process holds it.
 */
export function lockFolder(folder: string): Disposable {
  const fd = openSync(join(folder, "lock"), "w", 0o600);
  if (!lockExclusively(fd)) {
    closeSync(fd);
    throw new TdockError("conflict", `${folder} is in use by another tdockd`);
  }
  return { [Symbol.dispose]: () => closeSync(fd) };
}
