import { closeSync, fstatSync, readSync } from "node:fs";
import type { LogFiles, Position } from "./log-files.ts";
import type { LogFormat, RecordVisitor } from "./log-format.ts";

const blockBytes = 256 * 1024;

/** Records are visited within one call, so all cursors share one block. */
const block = Buffer.allocUnsafeSlow(blockBytes);

/** Reads a log backwards from a position, record by record, over damage and rotated files. */
export class LogBackwardCursor implements Disposable {
  readonly #files: LogFiles;
  readonly #format: LogFormat;
  #file: number;
  #offset: number;
  #fd: number | undefined;

  constructor(files: LogFiles, format: LogFormat, end: Position) {
    this.#files = files;
    this.#format = format;
    this.#file = end.file;
    this.#offset = end.offset;
    this.#fd = files.openForReading(end.file);
  }

  /** Begin of the record that was visited last. */
  get position(): Position {
    return { file: this.#file, offset: this.#offset };
  }

  /** Visits the records of up to 256 KiB, the last first, until `isDone`; false when the log's begin is reached. */
  step(visitor: RecordVisitor, isDone: () => boolean): boolean {
    if (this.#offset === 0 && !this.#previousFile()) return false;
    if (this.#fd === undefined) return false;
    const begin = Math.max(0, this.#offset - blockBytes);
    const readBytes = readSync(this.#fd, block, 0, this.#offset - begin, begin);
    let at = readBytes;
    while (at > 0 && !isDone()) {
      const last = this.#format.beginOfLast(block, at, begin === 0);
      if (last < 0) break;
      this.#format.decode(block.subarray(last, at), at - last, true, visitor);
      at = last;
    }
    // No record in all of a block: damage, which is passed over.
    this.#offset = at === readBytes && !isDone() ? begin : begin + at;
    return true;
  }

  #previousFile(): boolean {
    const fd = this.#files.openForReading(this.#file - 1);
    if (fd === undefined) return false;
    this[Symbol.dispose]();
    this.#fd = fd;
    this.#file--;
    this.#offset = fstatSync(fd).size;
    return this.#offset > 0 || this.#previousFile();
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}
