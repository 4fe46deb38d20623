import { describe, expect, it } from "vitest";
import { plain } from "./plain.ts";

describe("plain", () => {
  it("makes numbers of 64-bit integers at every depth and drops a message's marks", () => {
    const message = { $typeName: "a.B", count: 3n, entries: [{ $typeName: "a.C", value: 4n }], nothing: undefined };

    expect(plain(message)).toEqual({ count: 3, entries: [{ value: 4 }], nothing: undefined });
  });

  it("gives the nearest number for an integer that is too large for one", () => {
    expect(plain(9223372036854771712n)).toBe(2 ** 63 - 4096);
  });
});
