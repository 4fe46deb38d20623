import { closeSync } from "node:fs";
import { check, libc } from "./libc.ts";

const O_CLOEXEC = 0o2000000;
const F_SETPIPE_SZ = 1031;

/** A pipe of the kernel, both ends as descriptors that programs do not inherit unless told. */
export interface Pipe extends Disposable {
  readonly readEnd: number;
  readonly writeEnd: number;
  /** Closes this process's copy of an end, once. */
  close(end: "readEnd" | "writeEnd"): void;
  /** Hands an end over: whoever asked closes it. */
  take(end: "readEnd" | "writeEnd"): number;
}

/**
 * Makes a pipe that holds up to `bytes`. Node's own pipes to child processes are pairs of sockets: the same bytes take
 * three times the system time through them. Disposing of it closes the ends that are still this process's.
 */
export function openPipe(bytes: number): Pipe {
  const fds = new Int32Array(2);
  check(libc.pipe2(fds, O_CLOEXEC), "pipe");
  const [readEnd, writeEnd] = fds as unknown as readonly [number, number];
  // A refusal leaves the kernel's default of 64 KiB, which is only slower.
  libc.fcntl(writeEnd, F_SETPIPE_SZ, bytes);
  const open = new Set<"readEnd" | "writeEnd">(["readEnd", "writeEnd"]);
  const take: Pipe["take"] = (end) => {
    open.delete(end);
    return end === "readEnd" ? readEnd : writeEnd;
  };
  const close: Pipe["close"] = (end) => {
    if (open.has(end)) closeSync(take(end));
  };
  return {
    readEnd,
    writeEnd,
    take,
    close,
    [Symbol.dispose]: () => {
      close("readEnd");
      close("writeEnd");
    },
  };
}
