import type { RecordVisitor } from "./log-format.ts";
import { type RecordTime, type StreamNumber, stderr, stdout } from "./record.ts";

/** Passes on the streams that are wanted, without the first `skipBytes` of each. */
export class StreamSelection implements RecordVisitor {
  readonly #next: RecordVisitor;
  readonly #skipBytes: Record<StreamNumber, number>;

  constructor(
    next: RecordVisitor,
    wanted: { readonly stdout: boolean; readonly stderr: boolean },
    skipBytes: Readonly<Record<StreamNumber, number>>,
  ) {
    this.#next = next;
    this.#skipBytes = {
      [stdout]: wanted.stdout ? skipBytes[stdout] : Number.POSITIVE_INFINITY,
      [stderr]: wanted.stderr ? skipBytes[stderr] : Number.POSITIVE_INFINITY,
    };
  }

  record(buffer: Buffer, from: number, to: number, stream: StreamNumber, time: RecordTime): void {
    const skipped = Math.min(this.#skipBytes[stream], to - from);
    this.#skipBytes[stream] -= skipped;
    if (from + skipped < to) this.#next.record(buffer, from + skipped, to, stream, time);
  }

  note(text: string): void {
    this.#next.note(text);
  }
}
