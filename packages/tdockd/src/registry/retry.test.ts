import { describe, expect, it } from "vitest";
import { retryAfterMs } from "./retry.ts";

describe("retryAfterMs", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");

  it.each([
    ["0", 0],
    ["7", 7000],
    ["1000000000", 1_000_000_000_000],
    ["Thu, 01 Jan 2026 00:00:05 GMT", 5000],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["-5", undefined],
    ["soon", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("reads %j as %j", (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
