import { describe, expect, it } from "vitest";
import { decodeRecord, encodeRecord, frameOffset, headerBytes, maxRecordBytes, stderr, streamOf } from "./record.ts";

const time = { seconds: 1_700_000_000, nanoseconds: 123_456_789 };

function record(text: string): Buffer {
  const buffer = Buffer.alloc(maxRecordBytes);
  buffer.write(text, headerBytes);
  return buffer.subarray(0, encodeRecord(buffer, Buffer.byteLength(text), stderr, time));
}

describe("a record", () => {
  it("carries its payload behind a ready frame of Docker's", () => {
    const bytes = record("hello");

    expect(bytes.subarray(frameOffset, frameOffset + 8 + 5)).toEqual(Buffer.from("\x02\0\0\0\0\0\0\x05hello"));
  });

  it("is decoded to its time, stream and length", () => {
    const bytes = record("hello");
    const decoded = { seconds: 0, nanoseconds: 0 };

    expect(decodeRecord(bytes, 0, bytes.length, decoded)).toBe(bytes.length);
    expect(decoded).toEqual(time);
    expect(streamOf(bytes, 0)).toBe(stderr);
  });

  it("asks for more bytes at every length short of the whole", () => {
    const bytes = record("hello");
    const lengths = Array.from(bytes.keys(), (end) => decodeRecord(bytes, 0, end, { seconds: 0, nanoseconds: 0 }));

    expect(new Set(lengths)).toEqual(new Set([0]));
  });

  it("is recognised as damaged whichever byte is changed", () => {
    const bytes = record("hello");

    for (const at of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 0x55;
      expect(decodeRecord(changed, 0, changed.length, { seconds: 0, nanoseconds: 0 })).toBeLessThanOrEqual(0);
    }
  });
});
