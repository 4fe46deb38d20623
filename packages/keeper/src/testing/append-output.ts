import type { OutputLog } from "../output-log.ts";
import { encodeRecord, headerBytes, maxRecordBytes, type RecordTime, type StreamNumber, stdout } from "../record.ts";

/** Appends a chunk as the keeper does when it has read one from a FIFO. */
export function appendOutput(
  log: OutputLog,
  text: string | Buffer,
  stream: StreamNumber = stdout,
  time: RecordTime = { seconds: 1_700_000_000, nanoseconds: 0 },
): void {
  const chunk = Buffer.alloc(maxRecordBytes);
  const payload = Buffer.from(text);
  payload.copy(chunk, headerBytes);
  log.append(chunk.subarray(0, encodeRecord(chunk, payload.length, stream, time)), payload.length);
}
