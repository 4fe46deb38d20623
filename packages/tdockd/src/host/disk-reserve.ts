import { closeSync, openSync, statSync, unlinkSync, writeSync } from "node:fs";

const reserveBytes = 1 << 20;
/** How soon after it was needed the room is held back again, if there is any by then. */
const againMs = 10_000;

let reserve: string | undefined;

/**
 * Holds some room of a file system back in the file at `path`, for the records that have to change when the disk is
 * full: to stop and to remove is how it gets room again.
 */
export function holdReserve(path: string): void {
  reserve = path;
  if (statSync(path, { throwIfNoEntry: false })?.size === reserveBytes) return;
  const fd = openSync(path, "w", 0o600);
  try {
    if (writeSync(fd, Buffer.alloc(reserveBytes, 1)) < reserveBytes) scheduleReserve(path);
  } catch {
    // The disk is full already; what was written of it is room too.
    scheduleReserve(path);
  } finally {
    closeSync(fd);
  }
}

/** Gives the room back; answers whether there was any. */
export function releaseReserve(): boolean {
  if (reserve === undefined) return false;
  try {
    unlinkSync(reserve);
  } catch {
    return false;
  }
  scheduleReserve(reserve);
  return true;
}

function scheduleReserve(path: string): void {
  setTimeout(() => holdReserve(path), againMs).unref();
}
