import { describe, expect, it } from "vitest";
import { attribute, decodeAttributes, decodeMessages, encodeMessage, nested, text, textOf, u32 } from "./message.ts";

describe("netlink messages", () => {
  it("pad attributes to four bytes and give back their values", () => {
    const bytes = Buffer.concat([attribute(3, text("eth0")), attribute(4, u32(1500))]);

    const attributes = decodeAttributes(bytes);

    expect(bytes.length).toBe(12 + 8);
    expect(textOf(attributes.get(3))).toBe("eth0");
    expect(attributes.get(4)?.readUInt32LE(0)).toBe(1500);
  });

  it("find attributes inside a nested one under its plain number", () => {
    const outer = decodeAttributes(nested(18, attribute(1, text("veth"))));

    expect(textOf(decodeAttributes(outer.get(18) as Buffer).get(1))).toBe("veth");
  });

  it("are told apart within one datagram", () => {
    const datagram = Buffer.concat([
      encodeMessage({ type: 16, flags: 0, payload: Buffer.from("abc") }, 1),
      Buffer.alloc(1),
      encodeMessage({ type: 17, flags: 4, payload: Buffer.alloc(0) }, 2),
    ]);

    const messages = [...decodeMessages(datagram)];

    expect(messages.map(({ type, sequence }) => [type, sequence])).toEqual([
      [16, 1],
      [17, 2],
    ]);
    expect(messages[0]?.payload.toString()).toBe("abc");
  });

  it("end at a length that cannot be", () => {
    expect([...decodeMessages(Buffer.alloc(16))]).toEqual([]);
    expect(decodeAttributes(Buffer.alloc(8)).size).toBe(0);
  });
});
