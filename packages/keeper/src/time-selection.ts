import type { RecordVisitor } from "./log-format.ts";
import type { Instant } from "./protocol.ts";
import { compareTimes, type RecordTime, type StreamNumber, timeOfLine } from "./record.ts";

const newline = 0x0a;

/** Passes on the lines that begin at or after `since` and not after `until`; a line has the time of its begin. */
export class TimeSelection implements RecordVisitor {
  readonly #next: RecordVisitor;
  readonly #since: Instant;
  readonly #until: Instant;
  /** Per stream, whether the line that is open now is passed on; absent when none is open. */
  readonly #openLines = new Map<StreamNumber, boolean>();
  #isPastUntil = false;

  constructor(next: RecordVisitor, since: Instant | undefined, until: Instant | undefined) {
    this.#next = next;
    this.#since = since ?? { seconds: 0, nanoseconds: 0 };
    this.#until = until ?? { seconds: Number.POSITIVE_INFINITY, nanoseconds: 0 };
  }

  /** Nothing more can pass: the clock of the log is past `until` and no line that passes is open. */
  get isDone(): boolean {
    return this.#isPastUntil && ![...this.#openLines.values()].includes(true);
  }

  record(buffer: Buffer, from: number, to: number, stream: StreamNumber, time: RecordTime): void {
    if (compareTimes(time, this.#until) > 0) this.#isPastUntil = true;
    const lastTime = timeOfLine(time, to - from);
    const isInside = compareTimes(time, this.#since) >= 0 && compareTimes(lastTime, this.#until) <= 0;
    if (isInside && this.#openLines.get(stream) !== false) this.#passWhole(buffer, from, to, stream, time);
    else this.#passLines(buffer, from, to, stream, time);
  }

  note(text: string): void {
    this.#next.note(text);
  }

  #passWhole(buffer: Buffer, from: number, to: number, stream: StreamNumber, time: RecordTime): void {
    this.#setOpen(stream, buffer[to - 1] === newline ? undefined : true);
    this.#next.record(buffer, from, to, stream, time);
  }

  #passLines(buffer: Buffer, from: number, to: number, stream: StreamNumber, time: RecordTime): void {
    const bytes = buffer.subarray(0, to);
    for (let at = from, line = 0; at < to; line++) {
      const found = bytes.indexOf(newline, at);
      const end = found < 0 ? to : found + 1;
      const lineTime = timeOfLine(time, line);
      const passes = this.#openLines.get(stream) ?? this.#isWithin(lineTime);
      this.#setOpen(stream, found < 0 ? passes : undefined);
      if (passes) this.#next.record(buffer, at, end, stream, lineTime);
      at = end;
    }
  }

  #setOpen(stream: StreamNumber, passes: boolean | undefined): void {
    if (passes === undefined) this.#openLines.delete(stream);
    else this.#openLines.set(stream, passes);
  }

  #isWithin(time: RecordTime): boolean {
    return compareTimes(time, this.#since) >= 0 && compareTimes(time, this.#until) <= 0;
  }
}
