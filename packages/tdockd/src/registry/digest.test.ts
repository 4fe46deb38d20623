import { describe, expect, it } from "vitest";
import { checkDigest, digestOf, matchesDigest } from "./digest.ts";

describe("checkDigest", () => {
  it.each([
    "sha256:",
    "sha256:../../x",
    `md5:${"a".repeat(32)}`,
    `sha256:${"A".repeat(64)}`,
    `sha256:${"a".repeat(63)}`,
    `sha256:${"a".repeat(65)}`,
    `sha512:${"a".repeat(64)}`,
    `sha256:${"a".repeat(10_000_000)}`,
    `sha256:${"é".repeat(64)}`,
    `sha256:${"a".repeat(64)}\n`,
  ])("refuses a malformed digest (%#)", (text) => {
    expect(() => checkDigest(text)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});

describe("matchesDigest", () => {
  it("tells the named bytes from others", () => {
    const digest = digestOf("layer");

    expect(matchesDigest(Buffer.from("layer"), digest)).toBe(true);
    expect(matchesDigest(Buffer.from("Layer"), digest)).toBe(false);
  });
});
