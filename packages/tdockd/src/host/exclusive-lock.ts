import { libc } from "./libc.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;

/** Locks an open file for this process until it is closed, however the process ends; false when another one holds it. */
export function lockExclusively(fd: number): boolean {
  return libc.flock(fd, LOCK_EX | LOCK_NB) === 0;
}
