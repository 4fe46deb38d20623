import { closeSync, constants, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { LogFiles, Position } from "./log-files.ts";
import type { LogFormat, ReadAt } from "./log-format.ts";
import type { LogLimits } from "./log-options.ts";

/**
 * Appends to a log and rotates it. Never throws and never waits for more than the page cache: what cannot be written
 * (disk full) is counted, and when there is room again a line in the log says how much was lost.
 */
export class LogWriter {
  readonly #files: LogFiles;
  readonly #format: LogFormat;
  readonly #limits: LogLimits;
  #fd: number | undefined;
  #sizeBytes = 0;
  #unreportedBytes = 0;
  #lastError = "";
  droppedBytes = 0;

  constructor(files: LogFiles, format: LogFormat, limits: LogLimits) {
    this.#files = files;
    this.#format = format;
    this.#limits = limits;
    this.#attempt(() => this.#open());
  }

  /** Where the next record begins. */
  get end(): Position {
    return { file: this.#files.newest, offset: this.#sizeBytes };
  }

  /** Appends whole records that carry `payloadBytes` of output. */
  append(records: Buffer, payloadBytes: number): void {
    // Report and record go together, so that a disk with room for the report alone is not filled with reports.
    const isWritten = this.#write(this.#unreportedBytes === 0 ? records : Buffer.concat([this.#lossReport(), records]));
    if (isWritten) {
      this.#unreportedBytes = 0;
    } else {
      this.droppedBytes += payloadBytes;
      this.#unreportedBytes += payloadBytes;
    }
  }

  close(): void {
    if (this.#unreportedBytes > 0) this.#write(this.#lossReport());
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #lossReport(): Buffer {
    return this.#format.encodeNote(`${this.#unreportedBytes} bytes of output were lost: ${this.#lastError}`);
  }

  #write(bytes: Buffer): boolean {
    return this.#attempt(() => {
      const isFull = this.#sizeBytes > 0 && this.#sizeBytes + bytes.length > this.#limits.maxBytes;
      this.#append(isFull ? this.#turnPage(bytes) : bytes);
    });
  }

  #append(bytes: Buffer): void {
    writeWhole(this.#fd ?? this.#open(), bytes, this.#sizeBytes);
    this.#sizeBytes += bytes.length;
  }

  /** Rotates where a line ends, so that no file begins in the middle of one; answers what is for the new file. */
  #turnPage(bytes: Buffer): Buffer {
    const fd = this.#fd ?? this.#open();
    const readAt: ReadAt = (buffer, offset) => readSync(fd, buffer, 0, buffer.length, offset);
    const [line, rest] = this.#format.splitAtLineEnd(bytes, readAt, this.#sizeBytes) ?? [undefined, bytes];
    if (line !== undefined) this.#append(line);
    this.#rotate();
    return rest;
  }

  #attempt(change: () => void): boolean {
    try {
      change();
      return true;
    } catch (error) {
      this.#lastError = (error as NodeJS.ErrnoException).code ?? String(error);
      return false;
    }
  }

  #rotate(): void {
    this.#files.rotate(this.#limits.maxFiles);
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#sizeBytes = 0;
  }

  #open(): number {
    mkdirSync(dirname(this.#files.path), { recursive: true, mode: 0o700 });
    const fd = openSync(this.#files.path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
    this.#fd = fd;
    this.#sizeBytes = fstatSync(fd).size;
    this.#cutTornTail(fd);
    return fd;
  }

  /** A crash may have left half a record: it goes, and the log says so. */
  #cutTornTail(fd: number): void {
    const intactBytes = this.#format.intactBytes(
      (buffer, offset) => readSync(fd, buffer, 0, buffer.length, offset),
      this.#sizeBytes,
    );
    const tornBytes = this.#sizeBytes - intactBytes;
    if (tornBytes === 0) return;
    ftruncateSync(fd, intactBytes);
    this.#sizeBytes = intactBytes;
    this.#write(this.#format.encodeNote(`${tornBytes} damaged bytes at the end of the log were cut off`));
  }
}

/** Writes all of `bytes` at `offset`, or throws and leaves the file at `offset` bytes. */
function writeWhole(fd: number, bytes: Buffer, offset: number): void {
  let done = 0;
  try {
    while (done < bytes.length) done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
  } catch (error) {
    if (done > 0) ftruncateSync(fd, offset);
    throw error;
  }
}
