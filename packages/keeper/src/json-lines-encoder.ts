import { encodeJsonLine } from "./json-line.ts";
import type { RecordEncoder } from "./log-format.ts";
import {
  headerBytes,
  type RecordTime,
  recordTime,
  type StreamNumber,
  streamOf,
  streams,
  timeOfLine,
  trailerBytes,
} from "./record.ts";

/** Docker cuts longer lines into parts of this size (moby `daemon/logger/copier.go`). */
const maxPartBytes = 16 * 1024;
const newline = 0x0a;

/** A line that has begun and not ended. */
interface OpenLine {
  bytes: Buffer;
  time: RecordTime;
}

/** Cuts output into lines and holds the last one of each stream back until it ends or fills a part, as Docker does. */
export class JsonLinesEncoder implements RecordEncoder {
  readonly #attributes: string;
  readonly #open = new Map<StreamNumber, OpenLine>();
  #text = "";

  constructor(attributes: Readonly<Record<string, string>>) {
    this.#attributes = Object.keys(attributes).length === 0 ? "" : JSON.stringify(attributes);
  }

  encode(record: Buffer): Buffer {
    const stream = streamOf(record, 0);
    const time = recordTime(record, 0);
    const payload = record.subarray(headerBytes, record.length - trailerBytes);
    for (let at = 0, line = 0; at < payload.length; line++) {
      const found = payload.indexOf(newline, at);
      const end = found < 0 ? payload.length : found + 1;
      this.#add(payload.subarray(at, end), stream, timeOfLine(time, line));
      at = end;
    }
    return this.#take();
  }

  heldBack(stream: StreamNumber): Buffer {
    return this.#open.get(stream)?.bytes ?? Buffer.alloc(0);
  }

  flush(): Buffer {
    for (const stream of streams) this.#write(this.#open.get(stream), stream);
    this.#open.clear();
    return this.#take();
  }

  /** `piece` lies within one line. */
  #add(piece: Buffer, stream: StreamNumber, time: RecordTime): void {
    const begun = this.#open.get(stream);
    const line = {
      bytes: begun === undefined ? piece : Buffer.concat([begun.bytes, piece]),
      time: begun?.time ?? time,
    };
    while (line.bytes.length > maxPartBytes || (line.bytes.length === maxPartBytes && line.bytes.at(-1) !== newline)) {
      this.#write({ bytes: line.bytes.subarray(0, maxPartBytes), time: line.time }, stream);
      line.bytes = line.bytes.subarray(maxPartBytes);
    }
    if (line.bytes.at(-1) === newline) {
      this.#write(line, stream);
      this.#open.delete(stream);
    } else {
      // The piece lies in memory that the next read overwrites.
      this.#open.set(stream, { bytes: Buffer.from(line.bytes), time: line.time });
    }
  }

  #write(line: OpenLine | undefined, stream: StreamNumber): void {
    if (line === undefined || line.bytes.length === 0) return;
    this.#text += encodeJsonLine(line.bytes.toString(), stream, this.#attributes, line.time);
  }

  #take(): Buffer {
    const bytes = Buffer.from(this.#text);
    this.#text = "";
    return bytes;
  }
}
