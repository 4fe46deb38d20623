import { decodeRecord, encodeRecord, headerBytes, type RecordTime, streamOf, trailerBytes } from "./record.ts";

const newline = 0x0a;

/**
 * Splits a record (see record.ts) after the first line that ends in it: `[record of that line, record of the rest]`,
 * the rest empty when nothing follows. `undefined` when no line ends in it.
 */
export function splitRecord(record: Buffer): readonly [Buffer, Buffer] | undefined {
  const time: RecordTime = { seconds: 0, nanoseconds: 0 };
  const length = decodeRecord(record, 0, record.length, time);
  if (length <= 0) return undefined;
  const payload = record.subarray(headerBytes, length - trailerBytes);
  const end = payload.indexOf(newline) + 1;
  if (end === 0) return undefined;
  const following = record.subarray(length);
  const part = (bytes: Buffer) => recordOf(bytes, record, time);
  return [part(payload.subarray(0, end)), Buffer.concat([part(payload.subarray(end)), following])];
}

function recordOf(payload: Buffer, original: Buffer, time: RecordTime): Buffer {
  if (payload.length === 0) return payload;
  const record = Buffer.alloc(headerBytes + payload.length + trailerBytes);
  payload.copy(record, headerBytes);
  encodeRecord(record, payload.length, streamOf(original, 0), time);
  return record;
}
