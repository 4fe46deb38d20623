import { describe, expect, it } from "vitest";
import { diskName, nameText } from "./name-text.ts";

describe("a name as text", () => {
  it.each([
    ["616263", "abc"],
    ["c3a9", "é"],
    ["f09f9098", "🐘"],
    ["efbfbd", "\ufffd"],
    ["61ff62", "a\udcff" + "b"],
    ["fefe", "\udcfe\udcfe"],
    ["c3", "\udcc3"],
    ["e98f", "\udce9\udc8f"],
    ["c0af", "\udcc0\udcaf"],
    ["eda080", "\udced\udca0\udc80"],
    ["f09f90ffe9", "\udcf0\udc9f\udc90\udcff\udce9"],
  ])("gives the bytes %s again", (hex, text) => {
    const bytes = Buffer.from(hex, "hex");

    expect(nameText(bytes)).toBe(text);
    expect(Buffer.from(diskName(text))).toEqual(bytes);
  });
});
