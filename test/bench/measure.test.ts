import { describe, expect, it } from "vitest";
import { medianOf } from "./measure.ts";

describe("medianOf", () => {
  it.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 2, 3], 2.5],
  ])("of %j is %d", (values, median) => {
    expect(medianOf(values)).toBe(median);
  });
});
