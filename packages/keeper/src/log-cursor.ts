import { closeSync, readSync } from "node:fs";
import type { LogFiles, Position } from "./log-files.ts";
import type { LogFormat, RecordVisitor } from "./log-format.ts";

const blockBytes = 256 * 1024;

/** Records are visited within one call, so all cursors share one block. */
const block = Buffer.allocUnsafeSlow(blockBytes);

/** Reads a log forwards, through rotations: a file that is renamed or deleted while it is read is read to its end. */
export class LogCursor implements Disposable {
  readonly #files: LogFiles;
  readonly #format: LogFormat;
  #file: number;
  #offset: number;
  #fd: number | undefined;

  constructor(files: LogFiles, format: LogFormat, start: Position) {
    this.#files = files;
    this.#format = format;
    this.#file = start.file;
    this.#offset = start.offset;
  }

  /** Visits the records of up to 256 KiB of the log before `limit`; false when `limit` is reached. */
  step(limit: Position, visitor: RecordVisitor): boolean {
    this.#skipDeleted(visitor);
    if (this.#file > limit.file || (this.#file === limit.file && this.#offset >= limit.offset)) return false;
    const readBytes = this.#readBlock(limit);
    const isLast = readBytes < blockBytes;
    const done = this.#format.decode(block, readBytes, isLast, visitor);
    this.#offset += done;
    if (done === 0) this.#nextFile();
    return true;
  }

  #readBlock(limit: Position): number {
    this.#fd ??= this.#files.openForReading(this.#file);
    if (this.#fd === undefined) return 0;
    const atMost = this.#file === limit.file ? Math.min(blockBytes, limit.offset - this.#offset) : blockBytes;
    return readSync(this.#fd, block, 0, atMost, this.#offset);
  }

  /** Files that were rotated away before the reader came to them: it says so and goes on with the oldest. */
  #skipDeleted(visitor: RecordVisitor): void {
    if (this.#fd !== undefined || this.#file >= this.#files.oldest) return;
    visitor.note("a part of the log was rotated away before it was read");
    this.#file = this.#files.oldest;
    this.#offset = 0;
  }

  #nextFile(): void {
    this[Symbol.dispose]();
    this.#file++;
    this.#offset = 0;
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}
