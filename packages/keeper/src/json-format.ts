import { Clock } from "./clock.ts";
import { decodeJsonLine, encodeJsonLine } from "./json-line.ts";
import { JsonLinesEncoder } from "./json-lines-encoder.ts";
import { type LogFormat, noteLine, type ReadAt, type RecordVisitor } from "./log-format.ts";
import { stderr } from "./record.ts";

const newline = 0x0a;

/** The `json-file` driver: Docker's JSON lines, one line of output (or 16 KiB of a longer one) each. */
export const jsonFormat: LogFormat = {
  encoder: (attributes) => new JsonLinesEncoder(attributes),
  // A record is a line, or 16 KiB of a longer one, which is cut anywhere.
  splitAtLineEnd: () => undefined,
  encodeNote: (text) => Buffer.from(encodeJsonLine(noteLine(text), stderr, "", new Clock().tick())),
  intactBytes,
  decode,
  beginOfLast,
};

function decode(buffer: Buffer, end: number, isLast: boolean, visitor: RecordVisitor): number {
  let at = 0;
  while (at < end) {
    const found = buffer.subarray(0, end).indexOf(newline, at);
    if (found < 0 && !isLast && at > 0) break;
    const lineEnd = found < 0 ? end : found + 1;
    decodeLine(buffer, at, lineEnd, visitor);
    at = lineEnd;
  }
  return at;
}

function decodeLine(buffer: Buffer, from: number, to: number, visitor: RecordVisitor): void {
  const line = decodeJsonLine(buffer.toString("utf8", from, to));
  const bytes = Buffer.from(line?.log ?? "");
  if (line === undefined) visitor.note(`${to - from} damaged bytes of the log were passed over`);
  else visitor.record(bytes, 0, bytes.length, line.stream, line.time);
}

function beginOfLast(buffer: Buffer, end: number, isWhole: boolean): number {
  if (end === 0) return -1;
  const begin = end === 1 ? 0 : buffer.lastIndexOf(newline, end - 2) + 1;
  return begin === 0 && !isWhole ? -1 : begin;
}

/** A line is intact when its newline is there. */
function intactBytes(readAt: ReadAt, sizeBytes: number): number {
  const block = Buffer.allocUnsafe(64 * 1024);
  for (let end = sizeBytes; end > 0; ) {
    const begin = Math.max(0, end - block.length);
    readAt(block.subarray(0, end - begin), begin);
    const found = block.subarray(0, end - begin).lastIndexOf(newline);
    if (found >= 0) return begin + found + 1;
    end = begin;
  }
  return 0;
}
