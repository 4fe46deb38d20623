import type { RecordTime, StreamNumber } from "./record.ts";

/** What a decoder tells about the records it finds, in their order. */
export interface RecordVisitor {
  /** Output of one stream: `buffer` from `from` to `to`, valid only during the call; so is `time`. */
  record(buffer: Buffer, from: number, to: number, stream: StreamNumber, time: RecordTime): void;
  /** Something the reader should be told: a part of the log is damaged or gone. */
  note(text: string): void;
}

/** Reads at `offset` of a file into `buffer`; returns how many bytes there were. */
export type ReadAt = (buffer: Buffer, offset: number) => number;

/** How a log driver lays records out in its files. */
export interface LogFormat {
  /** `record` (see record.ts) as it goes into the file; empty when the format holds it back for now. */
  encode(record: Buffer): Buffer;
  /** What was held back. Call at the end of the output. */
  flush(): Buffer;
  /** A line of the keeper's own, on stderr. */
  encodeNote(text: string): Buffer;
  /** Where the last intact record of a file of `sizeBytes` ends. */
  intactBytes(readAt: ReadAt, sizeBytes: number): number;
  /**
   * Visits the records in `buffer` from 0 to `end`; returns how many bytes it has done with. The rest is the beginning
   * of a record, or with `isLast` (nothing follows) damage, so that nothing is left.
   */
  decode(buffer: Buffer, end: number, isLast: boolean, visitor: RecordVisitor): number;
  /** Begin of the record that ends at `end` of `buffer`; -1 when it begins before the buffer or is damaged. */
  beginOfLast(buffer: Buffer, end: number): number;
}

/** How the keeper says something of its own within a container's output. */
export function noteLine(text: string): string {
  return `tdock-keeper: ${text}\n`;
}
