import { closeSync, openSync, statSync, unlinkSync, writeSync } from "node:fs";

const reserveBytes = 1 << 20;
/** How soon after it was needed the room is held back again, if there is any by then. */
const againMs = 10_000;

let reserve: string | undefined;

/**
 * Holds some room of a file system back in the file at `path`, for the records that have to change when the disk is
 * full: to stop and to remove is how it gets room again. Never throws: what cannot be held now is tried again.
 */
export function holdReserve(path: string): void {
  reserve = path;
  try {
    if (statSync(path, { throwIfNoEntry: false })?.size !== reserveBytes) fill(path);
  } catch {
    scheduleReserve(path);
  }
}

/** Gives the room back, unless it has been given already. */
export function releaseReserve(): void {
  if (reserve === undefined) return;
  try {
    unlinkSync(reserve);
    scheduleReserve(reserve);
  } catch {
    // It is under way to others, who need less than there is.
  }
}

/** Throws when the disk is full already; what was written of it until then is room too. */
function fill(path: string): void {
  const fd = openSync(path, "w", 0o600);
  try {
    const bytes = Buffer.alloc(reserveBytes, 1);
    for (let written = 0; written < reserveBytes; ) written += writeSync(fd, bytes, written);
  } finally {
    closeSync(fd);
  }
}

function scheduleReserve(path: string): void {
  setTimeout(() => holdReserve(path), againMs).unref();
}
