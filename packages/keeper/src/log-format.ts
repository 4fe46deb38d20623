import type { RecordTime, StreamNumber } from "./record.ts";

/** What is told about the records of a log, in their order. */
export interface RecordVisitor {
  /** Output of one stream: `buffer` from `from` to `to`, valid only during the call; so is `time`. */
  record(buffer: Buffer, from: number, to: number, stream: StreamNumber, time: RecordTime): void;
  /** Something the reader should be told: a part of the log is damaged or gone. */
  note(text: string): void;
}

/** Turns records (see record.ts) into the bytes of a file. It may hold back the beginning of a line. */
export interface RecordEncoder {
  /** What goes into the file now; empty when all of it is held back. */
  encode(record: Buffer): Buffer;
  /** What is held back of a stream: read, but not in the file yet. */
  heldBack(stream: StreamNumber): Buffer;
  /** Everything that is held back, to be written at the end of the output. */
  flush(): Buffer;
}

/** Reads at `offset` of a file into `buffer`; returns how many bytes there were. */
export type ReadAt = (buffer: Buffer, offset: number) => number;

/** How a log driver lays records out in its files. Stateless. */
export interface LogFormat {
  /** `attributes` go with each record, where the format has a place for them. */
  encoder(attributes: Readonly<Record<string, string>>): RecordEncoder;
  /**
   * Splits records that would begin a new file after the line that the last file ends in the middle of; `undefined`
   * when it does not, or when that line ends in none of the first record.
   */
  splitAtLineEnd(records: Buffer, readAt: ReadAt, sizeBytes: number): readonly [Buffer, Buffer] | undefined;
  /** A line of the keeper's own, on stderr. */
  encodeNote(text: string): Buffer;
  /** Where the last intact record of a file of `sizeBytes` ends. */
  intactBytes(readAt: ReadAt, sizeBytes: number): number;
  /**
   * Visits the records in `buffer` from 0 to `end`; returns how many bytes it has done with. The rest is the beginning
   * of a record, or with `isLast` (nothing follows) damage, so that nothing is left.
   */
  decode(buffer: Buffer, end: number, isLast: boolean, visitor: RecordVisitor): number;
  /**
   * Begin of the last intact record that ends at or before `end` of `buffer`, which begins somewhere in a file or,
   * `isWhole`, with it. -1 when there is none, or the last begins before the buffer.
   */
  beginOfLast(buffer: Buffer, end: number, isWhole: boolean): number;
}

/** How the keeper says something of its own within a container's output. */
export function noteLine(text: string): string {
  return `tdock-keeper: ${text}\n`;
}
