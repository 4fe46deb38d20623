import { isError } from "@tdock/errors/error";
import { check, libc } from "./libc.ts";

const POLLIN = 1;
const POLLOUT = 4;
const POLLHUP = 16;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;
const entryBytes = 8;

/** A descriptor to wait for, until it can be read or, with `toWrite`, written. */
export interface AwaitedDescriptor {
  readonly fd: number;
  readonly toWrite: boolean;
}

/**
 * Blocks this thread until one of the descriptors is ready, or its other end has gone; tells which. Never call it on
 * the main thread.
 */
export function pollDescriptors(awaited: readonly AwaitedDescriptor[]): boolean[] {
  const entries = Buffer.alloc(awaited.length * entryBytes);
  for (const [index, { fd, toWrite }] of awaited.entries()) {
    entries.writeInt32LE(fd, index * entryBytes);
    entries.writeInt16LE(toWrite ? POLLOUT : POLLIN, index * entryBytes + 4);
  }
  pollOnce(entries, awaited.length);
  return awaited.map((_, index) => entries.readInt16LE(index * entryBytes + 6) !== 0);
}

/** A signal for the process may reach any of its threads. */
function pollOnce(entries: Buffer, count: number): void {
  try {
    check(libc.poll(entries, count, -1), "poll");
  } catch (thrown) {
    if (!isError(thrown, "internal", "EINTR")) throw thrown;
    pollOnce(entries, count);
  }
}

/** Whether both directions of a socket are closed, also when nothing was written to find it out. Does not block. */
export function isHungUp(fd: number): boolean {
  const entry = Buffer.alloc(entryBytes);
  entry.writeInt32LE(fd, 0);
  check(libc.poll(entry, 1, 0), "poll");
  return (entry.readInt16LE(6) & POLLHUP) !== 0;
}

/** Makes reads and writes fail with EAGAIN rather than wait. */
export function setNonBlocking(fd: number): void {
  check(libc.fcntl(fd, F_SETFL, O_NONBLOCK), "make a descriptor non-blocking");
}
