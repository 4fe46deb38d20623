import { describe, expect, it } from "vitest";
import { keptBytes } from "./kept-bytes.ts";

describe("keptBytes", () => {
  it.each([
    [{}, undefined],
    [{ "max-used-space": 0, "keep-storage": 0 }, undefined],
    [{ "max-used-space": 30 }, 30],
    [{ "keep-storage": 30 }, 30],
    [{ "reserved-space": 40, "max-used-space": 30 }, 40],
    [{ "min-free-space": 5 }, 100],
    [{ "min-free-space": 25 }, 85],
    [{ "min-free-space": 25, "max-used-space": 30 }, 30],
    [{ "min-free-space": 500, "reserved-space": 20 }, 20],
  ])("of %j, where 100 are used and 10 are free, is %s", (limits, kept) => {
    expect(keptBytes(limits, 100, 10)).toBe(kept);
  });
});
