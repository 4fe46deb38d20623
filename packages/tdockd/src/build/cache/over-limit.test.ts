import { describe, expect, it } from "vitest";
import { overLimit } from "./over-limit.ts";

const of = (...sizes: number[]) => sizes.map((sizeBytes) => ({ sizeBytes }));

describe("overLimit", () => {
  it("chooses the first until the rest fits", () => {
    const [one, two, three] = of(5, 5, 5);

    expect(overLimit([one, two, three] as never, [one, two, three] as never, 9)).toEqual([one, two]);
  });

  it("counts what is in use, which cannot go", () => {
    const [busy, idle, other] = of(50, 1, 1);

    expect(overLimit([busy, idle, other] as never, [idle, other] as never, 51)).toEqual([idle]);
  });

  it("chooses nothing below the limit", () => {
    expect(overLimit(of(5), of(5), 5)).toEqual([]);
  });
});
