import { TdockError } from "@tdock/errors/error";
import { fs } from "../fs.ts";

const retryMs = 2;

/**
 * Writes bytes to standard output or standard error as they are. Straight to the descriptor: on a pipe or a file
 * that is several times faster than a stream. Waits where there is no room, also when somebody has made the descriptor
 * non-blocking. A reader that has gone away (`tdock ps | head -1`) is no error: then the program ends as one that
 * SIGPIPE ends.
 */
export function writeAll(descriptor: 1 | 2, bytes: Uint8Array): void {
  let offset = 0;
  while (offset < bytes.length) {
    try {
      offset += fs().writeSync(descriptor, bytes, offset);
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === "EPIPE") process.exit(141);
      if (code !== "EAGAIN") throw cannotWrite(descriptor, thrown as Error);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
    }
  }
}

function cannotWrite(descriptor: 1 | 2, cause: Error): TdockError {
  const name = descriptor === 1 ? "output" : "error";
  return new TdockError(TdockError.from(cause).code, `cannot write to standard ${name}: ${cause.message}`, { cause });
}
