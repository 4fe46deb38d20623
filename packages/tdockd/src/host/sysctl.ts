import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { systemError } from "./system-error.ts";

/**
 * Sets a kernel variable of the network namespace that the calling thread is in, e.g. `net/ipv4/ip_forward`.
 * Throws `not-found` where the kernel has no such variable.
 */
export function writeSysctl(name: string, value: string | number): void {
  try {
    const fd = openSync(path(name), "w");
    try {
      writeSync(fd, String(value));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).errno ?? -constants.errno.EIO;
    throw systemError(`set ${name} to ${value}`, -errno);
  }
}

/** The value without its newline, or `undefined` where the kernel has no such variable. */
export function readSysctl(name: string): string | undefined {
  try {
    return readFileSync(path(name), "utf8").trim();
  } catch {
    return undefined;
  }
}

function path(name: string): string {
  return `/proc/sys/${name}`;
}
