import { jsonFormat } from "./json-format.ts";
import { localFormat } from "./local-format.ts";
import type { LogFiles, Position } from "./log-files.ts";
import type { LogFormat, RecordEncoder } from "./log-format.ts";
import { parseLogOptions } from "./log-options.ts";
import type { GrowingLog } from "./log-reader.ts";
import { LogWriter } from "./log-writer.ts";
import type { LogDriver, LogTarget } from "./protocol.ts";
import type { StreamNumber } from "./record.ts";

/** A log that is being written, and told to those who follow it. */
export class OutputLog implements GrowingLog {
  readonly files: LogFiles;
  readonly format: LogFormat;
  readonly #encoder: RecordEncoder;
  readonly #writer: LogWriter;
  readonly #followers = new Set<() => void>();
  #isClosed = false;

  /** Throws `invalid-argument` for log options that cannot be. */
  constructor(target: LogTarget & { readonly driver: FileDriver }, files: LogFiles) {
    const limits = parseLogOptions(target.driver, target.options);
    this.files = files;
    this.format = formats[target.driver];
    this.#encoder = this.format.encoder(target.attributes ?? {});
    this.#writer = new LogWriter(files, this.format, limits);
  }

  get end(): Position {
    return this.#writer.end;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get droppedBytes(): number {
    return this.#writer.droppedBytes;
  }

  append(record: Buffer, payloadBytes: number): void {
    this.#write(this.#encoder.encode(record), payloadBytes);
  }

  /** What was appended and is not in the file yet. */
  heldBack(stream: StreamNumber): Buffer {
    return this.#encoder.heldBack(stream);
  }

  /** Writes what the format held back; those who follow read to the end and stop. */
  close(): void {
    if (this.#isClosed) return;
    this.#write(this.#encoder.flush(), 0);
    this.#writer.close();
    this.#isClosed = true;
    this.#wake();
  }

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

export type FileDriver = Exclude<LogDriver, "none">;

export const formats: Readonly<Record<FileDriver, LogFormat>> = { local: localFormat, "json-file": jsonFormat };
