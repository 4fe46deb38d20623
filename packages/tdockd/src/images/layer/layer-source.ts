import { closeSync, readSync } from "node:fs";
import { TdockError } from "@tdock/errors/error";
import type { AwaitedDescriptor } from "../../host/poll.ts";
import type { SharedLength } from "./shared-length.ts";

/** Where a layer's tar comes from, in the thread that layers flow through. */
export interface LayerSource extends Disposable {
  /** What to wait for before `read`; undefined: to be woken. */
  readonly waitsFor: AwaitedDescriptor | undefined;
  /** Bytes read, 0 at the end, undefined when there is nothing yet. */
  read(buffer: Buffer): number | undefined;
}

/** A pipe, closed on disposal. */
export class PipeSource implements LayerSource {
  readonly waitsFor: AwaitedDescriptor;

  constructor(fd: number) {
    this.waitsFor = { fd, toWrite: false };
  }

  read(buffer: Buffer): number {
    return readSync(this.waitsFor.fd, buffer, 0, buffer.length, null);
  }

  [Symbol.dispose](): void {
    closeSync(this.waitsFor.fd);
  }
}

/** A file that is still being written, closed on disposal: its bytes come without a pipe between. */
export class FileSource implements LayerSource {
  readonly #fd: number;
  readonly #progress: SharedLength;
  #position = 0;

  constructor(fd: number, progress: SharedLength) {
    this.#fd = fd;
    this.#progress = progress;
  }

  get waitsFor(): AwaitedDescriptor | undefined {
    const { length, isEnded } = this.#progress.state;
    return isEnded || length > this.#position ? { fd: this.#fd, toWrite: false } : undefined;
  }

  read(buffer: Buffer): number | undefined {
    const { length, isEnded } = this.#progress.state;
    const wanted = Math.min(buffer.length, length - this.#position);
    if (wanted === 0) return isEnded ? 0 : undefined;
    const bytes = readSync(this.#fd, buffer, 0, wanted, this.#position);
    if (bytes === 0) throw new TdockError("internal", "a layer's file was cut short while it was read");
    this.#position += bytes;
    return bytes;
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}
