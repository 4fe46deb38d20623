import { describe, expect, it } from "vitest";
import { planFree, type Removable } from "./free-plan.ts";

const removable = (name: string, parts: Readonly<Record<string, number>>): Removable => ({
  ...{ kind: "image", id: name, name, lastUsedAt: new Date(0) },
  parts: new Map(Object.entries(parts)),
  remove: async () => true,
});

const planOf = (candidates: readonly Removable[], kept: readonly Readonly<Record<string, number>>[], wanted: number) =>
  planFree(
    candidates,
    kept.map((parts) => new Map(Object.entries(parts))),
    wanted,
  ).map(({ removable: { name }, bytes }) => [name, bytes]);

describe("planFree", () => {
  const one = removable("one", { shared: 10, first: 5 });
  const two = removable("two", { shared: 10, second: 7 });

  it("takes no more than it needs", () => {
    expect(planOf([one, two], [], 5)).toEqual([["one", 5]]);
  });

  it("counts what is shared with the last that goes", () => {
    expect(planOf([one, two], [], 6)).toEqual([
      ["one", 5],
      ["two", 17],
    ]);
  });

  it("does not count what others keep", () => {
    expect(planOf([one, two], [{ shared: 10 }], 100)).toEqual([
      ["one", 5],
      ["two", 7],
    ]);
  });

  it("leaves alone what would free nothing", () => {
    const inside = removable("inside", { shared: 10 });

    expect(planOf([inside, one], [{ shared: 10 }], 5)).toEqual([["one", 5]]);
    expect(planOf([inside, removable("third", { third: 8 }), one], [], 8)).toEqual([["third", 8]]);
  });
});
