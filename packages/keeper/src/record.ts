import { crc32 } from "node:zlib";

/**
 * A record of the `local` log: one chunk of output as it was read from the FIFO.
 *
 *     0  "tdl" and the version, 1
 *     4  CRC-32 of the bytes from 8 to the end of the payload, little-endian
 *     8  time: seconds, then nanoseconds, u32 little-endian
 *    16  Docker's frame header: stream (1 stdout, 2 stderr), three zeros, payload length u32 big-endian
 *    24  payload
 *     …  length of the whole record, u32 little-endian, so that a reader can walk backwards
 *
 * The payload stands behind a ready frame header, so the bytes from 16 on are what a follower is sent, and the FIFO
 * is read straight to offset 24: no byte is copied between FIFO, file and follower.
 */
export const headerBytes = 24;
export const trailerBytes = 4;
/** Where the frame (header and payload) of a record begins. */
export const frameOffset = 16;
/** Longest payload: what one read of a FIFO yields. */
export const maxPayloadBytes = 64 * 1024;
export const maxRecordBytes = headerBytes + maxPayloadBytes + trailerBytes;

export const stdout = 1;
export const stderr = 2;
export type StreamNumber = typeof stdout | typeof stderr;
export const streams: readonly StreamNumber[] = [stdout, stderr];

const magic = 0x016c6474;

/** Time of a record; reused between records so that reading costs no objects. */
export interface RecordTime {
  seconds: number;
  nanoseconds: number;
}

/**
 * Time of the n-th line of a record (0 for the first): each is one nanosecond later than the one before, so that a
 * client that asks for everything `since` the last line it has seen gets none twice.
 */
export function timeOfLine({ seconds, nanoseconds }: RecordTime, index: number): RecordTime {
  return { seconds, nanoseconds: Math.min(nanoseconds + index, 999_999_999) };
}

/** Negative, 0 or positive as `a` is before, at or after `b`. */
export function compareTimes(a: RecordTime, b: RecordTime): number {
  return a.seconds - b.seconds || a.nanoseconds - b.nanoseconds;
}

/** Completes a record around the payload that stands at offset 24 of `buffer`; returns its whole length in bytes. */
export function encodeRecord(buffer: Buffer, payloadBytes: number, stream: StreamNumber, time: RecordTime): number {
  const end = headerBytes + payloadBytes;
  buffer.writeUInt32LE(magic, 0);
  buffer.writeUInt32LE(time.seconds, 8);
  buffer.writeUInt32LE(time.nanoseconds, 12);
  encodeFrameHeader(buffer, frameOffset, stream, payloadBytes);
  buffer.writeUInt32LE(crc32(buffer.subarray(8, end)), 4);
  buffer.writeUInt32LE(end + trailerBytes, end);
  return end + trailerBytes;
}

/** Docker's 8-byte header before `payloadBytes` of one stream (Engine API, "Stream format"). */
export function encodeFrameHeader(buffer: Buffer, at: number, stream: StreamNumber, payloadBytes: number): void {
  buffer.writeUInt32LE(stream, at);
  buffer.writeUInt32BE(payloadBytes, at + 4);
}

/**
 * Length of the intact record at `at`; 0 when more bytes than `end` are needed to tell; -1 when there is no intact
 * record. `time` receives its time.
 */
export function decodeRecord(buffer: Buffer, at: number, end: number, time: RecordTime): number {
  if (end - at < headerBytes) return 0;
  const payloadBytes = buffer.readUInt32BE(at + 20);
  if (buffer.readUInt32LE(at) !== magic || payloadBytes > maxPayloadBytes) return -1;
  const length = headerBytes + payloadBytes + trailerBytes;
  if (end - at < length) return 0;
  const payloadEnd = at + headerBytes + payloadBytes;
  if (buffer.readUInt32LE(payloadEnd) !== length) return -1;
  if (crc32(buffer.subarray(at + 8, payloadEnd)) !== buffer.readUInt32LE(at + 4)) return -1;
  time.seconds = buffer.readUInt32LE(at + 8);
  time.nanoseconds = buffer.readUInt32LE(at + 12);
  return length;
}

/** Time of the record at `at`. */
export function recordTime(buffer: Buffer, at: number): RecordTime {
  return { seconds: buffer.readUInt32LE(at + 8), nanoseconds: buffer.readUInt32LE(at + 12) };
}

/** Stream of the record at `at`. */
export function streamOf(buffer: Buffer, at: number): StreamNumber {
  return buffer[at + frameOffset] === stderr ? stderr : stdout;
}

/**
 * Offset of the next place after `at` where a record may begin. When there is none: `end`, or with more to come
 * (`isLast` false) the place where one that is cut by `end` may begin.
 */
export function findRecord(buffer: Buffer, at: number, end: number, isLast: boolean): number {
  const found = buffer.subarray(0, end).indexOf(magicBytes, at + 1);
  if (found >= 0) return found;
  return isLast ? end : Math.max(at + 1, end - magicBytes.length + 1);
}

/** Offset of the last place before `at` where a record may begin; -1 when there is none. */
export function findRecordBackwards(buffer: Buffer, at: number): number {
  return at === 0 ? -1 : buffer.lastIndexOf(magicBytes, at - 1);
}

const magicBytes = Buffer.from([0x74, 0x64, 0x6c, 0x01]);
