import type { Socket } from "node:net";
import { FrameSink } from "./frame-sink.ts";
import { LogCursor } from "./log-cursor.ts";
import type { LogFiles, Position } from "./log-files.ts";
import { type LogFormat, noteLine, type RecordVisitor } from "./log-format.ts";
import type { LogsRequest } from "./protocol.ts";
import { type RecordTime, type StreamNumber, stderr, stdout } from "./record.ts";

/** What to read, and for how long. `growing` is the log's writer while there is one. */
export interface LogSource {
  readonly files: LogFiles;
  readonly format: LogFormat;
  readonly growing: GrowingLog | undefined;
}

/** A log that is still written. */
export interface GrowingLog {
  readonly end: Position;
  readonly isClosed: boolean;
  onChange(wake: () => void): void;
  offChange(wake: () => void): void;
}

/**
 * Sends a log to a socket. It reads the files at its own pace and holds nothing but one buffer, so a slow socket costs
 * neither memory nor the container's time.
 */
export class LogReader implements RecordVisitor {
  readonly #source: LogSource;
  readonly #request: LogsRequest;
  readonly #socket: Socket;
  readonly #cursor: LogCursor;
  readonly #sink: FrameSink;
  readonly #limit: Position;
  readonly #pump = (): void => this.#advance();

  constructor(source: LogSource, request: LogsRequest, socket: Socket) {
    this.#source = source;
    this.#request = request;
    this.#socket = socket;
    this.#sink = new FrameSink(request.raw);
    this.#limit = source.growing?.end ?? source.files.end();
    this.#cursor = new LogCursor(source.files, source.format, { file: source.files.oldest, offset: 0 });
    socket.once("close", () => this.#close());
    this.#advance();
  }

  record(buffer: Buffer, from: number, to: number, stream: StreamNumber, _time: RecordTime): void {
    if (stream === stdout ? this.#request.stdout : this.#request.stderr) this.#sink.write(buffer, from, to, stream);
  }

  note(text: string): void {
    const line = Buffer.from(noteLine(text));
    this.#sink.write(line, 0, line.length, stderr);
  }

  #advance(): void {
    if (this.#socket.destroyed) return;
    const growing = this.#request.follow === true ? this.#source.growing : undefined;
    const isMore = this.#cursor.step(growing?.end ?? this.#limit, this);
    if (this.#sink.length > 0) this.#send();
    else if (isMore) setImmediate(this.#pump);
    else if (growing === undefined || growing.isClosed) this.#socket.end();
    else growing.onChange(this.#pump);
  }

  #send(): void {
    const isRoom = this.#socket.write(this.#sink.take());
    this.#sink.reset(this.#socket.writableLength === 0);
    if (isRoom) setImmediate(this.#pump);
    else this.#socket.once("drain", this.#pump);
  }

  #close(): void {
    this.#source.growing?.offChange(this.#pump);
    this.#cursor[Symbol.dispose]();
  }
}
