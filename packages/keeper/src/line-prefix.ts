import type { RecordVisitor } from "./log-format.ts";
import { type RecordTime, type StreamNumber, timeOfLine } from "./record.ts";

const newline = 0x0a;
/** A time and the space behind it. */
const timeBytes = "2006-01-02T15:04:05.000000000Z ".length;

/** What `logs` puts before each line. */
export interface PrefixOptions {
  readonly timestamps: boolean;
  /** Undefined: no details. */
  readonly attributes: Readonly<Record<string, string>> | undefined;
}

/**
 * Puts time and details before each line, in that order, as `docker logs` does (moby `api/server/httputils`,
 * WriteLogStream). A long line has one prefix, at its begin: Docker repeats it within the line every 16 KiB.
 */
export class LinePrefix implements RecordVisitor {
  readonly #next: RecordVisitor;
  readonly #timestamps: boolean;
  /** A time, which is written anew for each line, and the details. */
  readonly #prefix: Buffer;
  readonly #open = new Set<StreamNumber>();
  #formattedSeconds = -1;
  #secondsText = "";

  constructor(next: RecordVisitor, options: PrefixOptions) {
    this.#next = next;
    this.#timestamps = options.timestamps;
    const details = options.attributes === undefined ? "" : `${formatAttributes(options.attributes)} `;
    this.#prefix = Buffer.from(" ".repeat(timeBytes) + details);
  }

  record(buffer: Buffer, from: number, to: number, stream: StreamNumber, time: RecordTime): void {
    const bytes = buffer.subarray(0, to);
    for (let at = from, line = 0; at < to; line++) {
      const found = bytes.indexOf(newline, at);
      const end = found < 0 ? to : found + 1;
      if (!this.#open.has(stream)) this.#writePrefix(stream, timeOfLine(time, line));
      if (found < 0) this.#open.add(stream);
      else this.#open.delete(stream);
      this.#next.record(buffer, at, end, stream, time);
      at = end;
    }
  }

  note(text: string): void {
    this.#next.note(text);
  }

  #writePrefix(stream: StreamNumber, time: RecordTime): void {
    if (this.#timestamps) this.#prefix.write(this.#formatTime(time), 0, "latin1");
    this.#next.record(this.#prefix, this.#timestamps ? 0 : timeBytes, this.#prefix.length, stream, time);
  }

  /** Go's RFC3339NanoFixed, in UTC: always nine digits, so that the lines stay in column. */
  #formatTime({ seconds, nanoseconds }: RecordTime): string {
    if (seconds !== this.#formattedSeconds) {
      this.#formattedSeconds = seconds;
      this.#secondsText = new Date(seconds * 1000).toISOString().slice(0, 19);
    }
    return `${this.#secondsText}.${String(nanoseconds).padStart(9, "0")}Z`;
  }
}

function formatAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.keys(attributes)
    .sort()
    .map((name) => `${queryEscaped(name)}=${queryEscaped(attributes[name] ?? "")}`)
    .join(",");
}

/** As Go's `url.QueryEscape`, which Docker's clients undo. */
function queryEscaped(text: string): string {
  const hex = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, hex)
    .replaceAll("%20", "+");
}
