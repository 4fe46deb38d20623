import { Clock } from "./clock.ts";
import { type LogFormat, noteLine, type ReadAt, type RecordVisitor } from "./log-format.ts";
import {
  decodeRecord,
  encodeRecord,
  findRecord,
  findRecordBackwards,
  headerBytes,
  maxPayloadBytes,
  maxRecordBytes,
  type RecordTime,
  stderr,
  streamOf,
  trailerBytes,
} from "./record.ts";
import { splitRecord } from "./split-record.ts";

const nothing = Buffer.alloc(0);
const newline = 0x0a;

/** The `local` driver: records as record.ts describes them, one after another. */
export const localFormat: LogFormat = {
  encoder: () => ({ encode: (record) => record, heldBack: () => nothing, flush: () => nothing }),
  splitAtLineEnd,
  encodeNote,
  intactBytes,
  decode,
  beginOfLast,
};

/** Whether the last record of a file ends a line stands in its last byte of output. */
function splitAtLineEnd(records: Buffer, readAt: ReadAt, sizeBytes: number): readonly [Buffer, Buffer] | undefined {
  const last = Buffer.alloc(1);
  readAt(last, sizeBytes - trailerBytes - 1);
  return last[0] === newline ? undefined : splitRecord(records);
}

function encodeNote(text: string): Buffer {
  const payload = Buffer.from(noteLine(text)).subarray(0, maxPayloadBytes);
  const record = Buffer.alloc(headerBytes + payload.length + trailerBytes);
  payload.copy(record, headerBytes);
  encodeRecord(record, payload.length, stderr, new Clock().tick());
  return record;
}

function decode(buffer: Buffer, end: number, isLast: boolean, visitor: RecordVisitor): number {
  const time: RecordTime = { seconds: 0, nanoseconds: 0 };
  let at = 0;
  let damagedFrom = -1;
  const tellDamage = (): void => {
    if (damagedFrom >= 0) visitor.note(`${at - damagedFrom} damaged bytes of the log were passed over`);
    damagedFrom = -1;
  };
  while (at < end) {
    const length = decodeRecord(buffer, at, end, time);
    if (length > 0) {
      tellDamage();
      visitor.record(buffer, at + headerBytes, at + length - trailerBytes, streamOf(buffer, at), time);
      at += length;
    } else if (length === 0 && !isLast) {
      break;
    } else {
      if (damagedFrom < 0) damagedFrom = at;
      at = findRecord(buffer, at, end, isLast);
    }
  }
  tellDamage();
  return at;
}

function beginOfLast(buffer: Buffer, end: number, isWhole: boolean): number {
  if (end < headerBytes + trailerBytes) return -1;
  const begin = end - buffer.readUInt32LE(end - trailerBytes);
  if (begin < 0 && !isWhole && end < maxRecordBytes) return -1;
  const time: RecordTime = { seconds: 0, nanoseconds: 0 };
  if (begin >= 0 && decodeRecord(buffer, begin, end, time) === end - begin) return begin;
  let found = end;
  do {
    found = findRecordBackwards(buffer, found);
  } while (found >= 0 && decodeRecord(buffer, found, end, time) <= 0);
  return found;
}

/** Looks at the last record first; only when that is torn, at all of the file. */
function intactBytes(readAt: ReadAt, sizeBytes: number): number {
  if (sizeBytes === 0) return 0;
  const last = Buffer.allocUnsafe(Math.min(sizeBytes, maxRecordBytes));
  readAt(last, sizeBytes - last.length);
  return endsWithRecord(last) ? sizeBytes : endOfLastIntact(readAt, sizeBytes);
}

function endsWithRecord(buffer: Buffer): boolean {
  const begin = beginOfLast(buffer, buffer.length, true);
  return (
    begin >= 0 && decodeRecord(buffer, begin, buffer.length, { seconds: 0, nanoseconds: 0 }) === buffer.length - begin
  );
}

function endOfLastIntact(readAt: ReadAt, sizeBytes: number): number {
  const time: RecordTime = { seconds: 0, nanoseconds: 0 };
  const block = Buffer.allocUnsafe(4 * maxRecordBytes);
  let intact = 0;
  for (let offset = 0; offset < sizeBytes; ) {
    const end = readAt(block, offset);
    const isLast = offset + end >= sizeBytes;
    let at = 0;
    while (at < end) {
      const length = decodeRecord(block, at, end, time);
      if (length > 0) {
        at += length;
        intact = offset + at;
      } else if (length === 0 && !isLast) {
        break;
      } else {
        at = findRecord(block, at, end, isLast);
      }
    }
    if (at === 0) break;
    offset += at;
  }
  return intact;
}
