import { describe, expect, it } from "vitest";
import { encodeFrame, frameDecoder } from "./grpc-frame.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const texts = (messages: Uint8Array[]) => messages.map((message) => new TextDecoder().decode(message));

describe("frameDecoder", () => {
  it("gives back what encodeFrame made", () => {
    expect(texts(frameDecoder()(encodeFrame(bytes("hello"))))).toEqual(["hello"]);
  });

  it("gives several messages of one piece, empty ones too", () => {
    const piece = Buffer.concat(["one", "", "three"].map((text) => encodeFrame(bytes(text))));

    expect(texts(frameDecoder()(piece))).toEqual(["one", "", "three"]);
  });

  it.each([1, 2, 3, 5, 7, 11])("puts messages together that come in pieces of %i bytes", (size) => {
    const stream = Buffer.concat(["first", "", "a longer second message", "x"].map((text) => encodeFrame(bytes(text))));
    const decode = frameDecoder();

    const messages: Uint8Array[] = [];
    for (let start = 0; start < stream.length; start += size)
      messages.push(...decode(stream.subarray(start, start + size)));

    expect(texts(messages)).toEqual(["first", "", "a longer second message", "x"]);
  });

  it("refuses a message that claims to be compressed", () => {
    expect(() => frameDecoder()(Buffer.from([1, 0, 0, 0, 0]))).toThrow(RangeError);
  });

  it("refuses a message over 64 MiB before it has arrived", () => {
    expect(() => frameDecoder()(Buffer.from([0, 0x10, 0, 0, 0]))).toThrow(RangeError);
  });
});
