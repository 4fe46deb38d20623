import type { RecordVisitor } from "./log-format.ts";
import { type RecordTime, type StreamNumber, timeOfLine } from "./record.ts";

/** As much of an unfinished line as Docker would hold back. */
const maxHeldBytes = 16 * 1024;
const newline = 0x0a;

interface Held {
  readonly bytes: Buffer;
  readonly time: RecordTime;
}

/**
 * Passes the begin of a line on only together with its end, so that the lines of two streams do not run into each
 * other where a chunk ended in the middle of one. Lines over 16 KiB are passed on as they come.
 */
export class WholeLines implements RecordVisitor {
  readonly #next: RecordVisitor;
  readonly #needsTimes: boolean;
  readonly #held = new Map<StreamNumber, Held>();

  /** `needsTimes`: whether `next` reads the times; counting lines for them costs. */
  constructor(next: RecordVisitor, needsTimes: boolean) {
    this.#next = next;
    this.#needsTimes = needsTimes;
  }

  get isHolding(): boolean {
    return this.#held.size > 0;
  }

  record(buffer: Buffer, from: number, to: number, stream: StreamNumber, time: RecordTime): void {
    const lineEnd = buffer.subarray(from, to).lastIndexOf(newline) + from + 1;
    const heldBytes = this.#held.get(stream)?.bytes.length ?? 0;
    const isLong = to - lineEnd + (lineEnd === from ? heldBytes : 0) > maxHeldBytes;
    const passed = isLong ? to : lineEnd;
    if (passed > from) {
      this.#release(stream);
      this.#next.record(buffer, from, passed, stream, time);
    }
    if (passed < to)
      this.#hold(buffer.subarray(passed, to), stream, timeOfLine(time, this.#linesIn(buffer, from, passed)));
  }

  note(text: string): void {
    this.flush();
    this.#next.note(text);
  }

  /** Passes on what is held: nothing more is coming, or not for a while. */
  flush(): void {
    for (const stream of [...this.#held.keys()]) this.#release(stream);
  }

  #hold(bytes: Buffer, stream: StreamNumber, time: RecordTime): void {
    const held = this.#held.get(stream);
    // Copied: the bytes lie in memory that the next read overwrites.
    this.#held.set(stream, { bytes: Buffer.concat([held?.bytes ?? Buffer.alloc(0), bytes]), time: held?.time ?? time });
  }

  #linesIn(buffer: Buffer, from: number, to: number): number {
    let lines = 0;
    if (this.#needsTimes) for (let at = from; at < to; lines++) at = buffer.indexOf(newline, at) + 1;
    return lines;
  }

  #release(stream: StreamNumber): void {
    const held = this.#held.get(stream);
    if (held === undefined) return;
    this.#held.delete(stream);
    this.#next.record(held.bytes, 0, held.bytes.length, stream, held.time);
  }
}
