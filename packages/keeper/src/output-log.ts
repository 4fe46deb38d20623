import { localFormat } from "./local-format.ts";
import type { LogFiles, Position } from "./log-files.ts";
import type { LogFormat } from "./log-format.ts";
import { parseLogOptions } from "./log-options.ts";
import { LogWriter } from "./log-writer.ts";
import type { LogTarget } from "./protocol.ts";

/** A log that is being written, and told to those who follow it. */
export class OutputLog {
  readonly files: LogFiles;
  readonly format: LogFormat;
  readonly #writer: LogWriter;
  readonly #followers = new Set<() => void>();
  isClosed = false;

  constructor(target: LogTarget, files: LogFiles) {
    this.files = files;
    this.format = formatOf(target);
    this.#writer = new LogWriter(files, this.format, parseLogOptions(target.driver, target.options));
  }

  get end(): Position {
    return this.#writer.end;
  }

  get droppedBytes(): number {
    return this.#writer.droppedBytes;
  }

  append(record: Buffer, payloadBytes: number): void {
    this.#write(this.format.encode(record), payloadBytes);
  }

  /** Writes what the format held back; those who follow read to the end and stop. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#write(this.format.flush(), 0);
    this.#writer.close();
    this.#wake();
  }

  /** Calls `wake` once, at the next addition or at the close. */
  onChange(wake: () => void): void {
    this.#followers.add(wake);
  }

  offChange(wake: () => void): void {
    this.#followers.delete(wake);
  }

  #write(records: Buffer, payloadBytes: number): void {
    if (records.length === 0) return;
    this.#writer.append(records, payloadBytes);
    if (this.#followers.size > 0) this.#wake();
  }

  #wake(): void {
    const waiting = [...this.#followers];
    this.#followers.clear();
    for (const wake of waiting) setImmediate(wake);
  }
}

/** A fresh format for one log: it may hold back the beginning of a line. */
export function formatOf(_target: LogTarget): LogFormat {
  return localFormat;
}
