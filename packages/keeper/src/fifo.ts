import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { Socket } from "node:net";
import { TdockError } from "@tdock/errors/error";

/** Where a FIFO's bytes are read to, and what happens with them. */
export interface FifoReceiver {
  /** The memory for the next read. Asked for before the first read and after each. */
  buffer(): Uint8Array;
  /** `bytes` were read into the memory named last. Returns false to stop reading until `resume`. */
  receive(bytes: number): boolean;
  /** Every writer has closed its end, or reading failed. Comes once. */
  end(): void;
}

/**
 * The read end of a FIFO that a shim will write to. Until `releaseWriteEnd` it holds a write end of its own, since a
 * reader that comes before the first writer would see the end at once. A FIFO keeps what is in it while anybody has
 * it open, and containerd's shim opens its FIFOs for reading too (containerd 1.6 `pkg/process/io.go`, copyPipes):
 * so a keeper that is killed leaves the bytes to the next.
 */
export class FifoReader {
  readonly #socket: Socket;
  #writeFd: number | undefined;

  /** Throws `not-found` when the FIFO is not there, `invalid-argument` when the path is something else. */
  constructor(path: string, receiver: FifoReceiver) {
    const fd = openFifo(path, constants.O_RDONLY);
    try {
      this.#writeFd = openFifo(path, constants.O_WRONLY);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    this.#socket = new Socket({
      fd,
      readable: true,
      writable: false,
      onread: { buffer: () => receiver.buffer(), callback: (bytes) => receiver.receive(bytes) },
    });
    this.#socket.on("error", () => undefined);
    this.#socket.once("close", () => receiver.end());
    this.#socket.resume();
  }

  resume(): void {
    this.#socket.resume();
  }

  releaseWriteEnd(): void {
    if (this.#writeFd !== undefined) closeSync(this.#writeFd);
    this.#writeFd = undefined;
  }

  /** Stops reading, whoever still writes. */
  destroy(): void {
    this.releaseWriteEnd();
    this.#socket.destroy();
  }
}

function openFifo(path: string, access: number): number {
  const fd = openOrThrow(path, access | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  if (fstatSync(fd).isFIFO()) return fd;
  closeSync(fd);
  throw new TdockError("invalid-argument", `${path} is not a FIFO`);
}

function openOrThrow(path: string, flags: number): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    throw TdockError.from(error);
  }
}
