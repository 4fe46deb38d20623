import type { Socket } from "node:net";
import { Transform, type Writable } from "node:stream";
import { TdockError } from "@tdock/errors/error";
import type { ChunkRing } from "./chunk-ring.ts";

/**
 * Output on its way from the keeper, or from a program, to a client. It goes through a few chunks of memory that are
 * used again as soon as the client's socket has taken them, so that a stream of any length leaves nothing for the
 * garbage collector.
 */
export class OutputStream implements AsyncIterable<Buffer> {
  readonly #socket: Socket;
  readonly #ring: ChunkRing;

  /** The socket was made with the ring's `onread` and is paused. */
  constructor(socket: Socket, ring: ChunkRing) {
    this.#socket = socket;
    this.#ring = ring;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  /** Stops reading. Whoever waits in `pipeTo` is let go. */
  destroy(): void {
    this.#socket.destroy();
  }

  /**
   * Writes all of it to `target`, whose writes must call back only when they need the bytes no more (sockets, not
   * transforms). Resolves when the output has ended and `target` has taken it; does not end `target`.
   * Throws `canceled` when `target` closes first, and the signal's reason.
   */
  async pipeTo(target: Writable, signal?: AbortSignal): Promise<void> {
    const over = Promise.withResolvers<void>();
    const fail = (reason: unknown) => over.reject(reason);
    const abort = () => fail(signal?.reason);
    const gone = () => fail(new TdockError("canceled", "the reader of the output is gone"));
    this.#ring.flowTo(target, () => this.#socket.resume());
    this.#socket.once("close", () => this.#ring.whenIdle(over.resolve));
    target.once("close", gone).once("error", fail);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      signal?.throwIfAborted();
      if (target.destroyed) gone();
      if (this.#socket.closed) this.#ring.whenIdle(over.resolve);
      else this.#socket.resume();
      await over.promise;
    } finally {
      signal?.removeEventListener("abort", abort);
      target.off("close", gone).off("error", fail);
      this.#socket.destroy();
    }
  }

  /** The bytes in memory of their own, for those who keep them. */
  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    const copies = new Transform({ transform: (chunk: Buffer, _encoding, done) => done(null, Buffer.from(chunk)) });
    this.pipeTo(copies).then(
      () => copies.end(),
      (thrown: Error) => copies.destroy(thrown),
    );
    return copies[Symbol.asyncIterator]();
  }
}
