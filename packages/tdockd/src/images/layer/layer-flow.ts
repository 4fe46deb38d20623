import { createHash } from "node:crypto";
import { closeSync, writevSync } from "node:fs";
import { TdockError } from "@tdock/errors/error";
import type { AwaitedDescriptor } from "../../host/poll.ts";
import { blockSize } from "../../host/tar-header.ts";
import type { LayerSource } from "./layer-source.ts";
import type { FilteredLayer } from "./pump-message.ts";
import { TarFilter } from "./tar-filter.ts";

const bufferBytes = 256 * 1024;
// What an archive of nothing ends with. A layer may have no bytes at all, which the unpacker takes for no archive.
const endMark = Buffer.alloc(2 * blockSize);

/**
 * One layer on its way from its source to a pipe, through hash and filter. Never blocks as long as `advance` is called
 * when the descriptor that it waits for is ready. One buffer serves the whole layer.
 */
export class LayerFlow implements Disposable {
  readonly #from: LayerSource;
  readonly #to: number;
  readonly #buffer = Buffer.allocUnsafeSlow(bufferBytes);
  readonly #hash = createHash("sha256");
  readonly #filter = new TarFilter();
  /** What was read and not yet written. */
  #pending: Buffer[] = [];
  #hasPassed = false;

  /** `to` must be non-blocking. Both ends are closed on disposal. */
  constructor(from: LayerSource, to: number) {
    this.#from = from;
    this.#to = to;
  }

  /** The descriptor to wait for; undefined: to be woken. */
  get waitsFor(): AwaitedDescriptor | undefined {
    return this.#pending.length > 0 ? { fd: this.#to, toWrite: true } : this.#from.waitsFor;
  }

  /**
   * Reads or writes once. Returns what the layer was at its end. Throws `invalid-argument` for what must not be
   * unpacked, `canceled` when the unpacker has gone.
   */
  advance(): FilteredLayer | undefined {
    if (this.#pending.length > 0) return this.#write();
    const length = this.#from.read(this.#buffer);
    if (length === undefined) return undefined;
    if (length === 0 && !this.#hasPassed) return this.#pass([endMark]);
    if (length === 0) return { facts: this.#filter.finish(), diffId: `sha256:${this.#hash.digest("hex")}` };
    const chunk = this.#buffer.subarray(0, length);
    this.#hash.update(chunk);
    return this.#pass(this.#filter.push(chunk));
  }

  [Symbol.dispose](): void {
    this.#from[Symbol.dispose]();
    closeSync(this.#to);
  }

  #pass(pieces: Buffer[]): undefined {
    if (pieces.length === 0) return;
    this.#hasPassed = true;
    this.#pending = pieces;
    this.#write();
  }

  #write(): undefined {
    try {
      let written = writevSync(this.#to, this.#pending);
      while (written > 0) {
        const [first] = this.#pending as [Buffer];
        if (first.length > written) this.#pending[0] = first.subarray(written);
        else this.#pending.shift();
        written -= Math.min(written, first.length);
      }
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === "EPIPE") throw new TdockError("canceled", "the unpacker has ended", { reason: "unpacker-ended" });
      if (code !== "EAGAIN") throw thrown;
    }
  }
}
