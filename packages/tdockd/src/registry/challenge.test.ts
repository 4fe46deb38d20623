import { describe, expect, it } from "vitest";
import { parseChallenges } from "./challenge.ts";

const plain = (header: string) =>
  parseChallenges(header).map(({ scheme, parameters }) => ({ scheme, ...Object.fromEntries(parameters) }));

describe("parseChallenges", () => {
  it.each([
    [
      'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a:pull,push"',
      [
        {
          scheme: "bearer",
          realm: "https://auth.example/token",
          service: "registry.example",
          scope: "repository:a:pull,push",
        },
      ],
    ],
    ['Basic realm="a \\"quoted\\" name"', [{ scheme: "basic", realm: 'a "quoted" name' }]],
    [
      'Bearer realm=x, Basic realm="y"',
      [
        { scheme: "bearer", realm: "x" },
        { scheme: "basic", realm: "y" },
      ],
    ],
    ['BEARER Realm = "x"', [{ scheme: "bearer", realm: "x" }]],
    ['Bearer realm="unclosed', [{ scheme: "bearer" }]],
    ['realm="nobody asks"', []],
    ["", []],
    [",,, ,", []],
    ["Bearer é=1", [{ scheme: "bearer" }]],
  ])("reads %j", (header, expected) => {
    expect(plain(header)).toEqual(expected);
  });

  it("survives generated headers", () => {
    const pieces = ["Bearer", "Basic", " ", "=", '"', "\\", ",", "realm", "a".repeat(500), "\u0000", "é", "\t"];
    let seed = 7;
    const next = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed;
    };

    for (let round = 0; round < 10_000; round += 1) {
      const header = Array.from({ length: next() % 30 }, () => pieces[next() % pieces.length]).join("");
      expect(parseChallenges(header).length).toBeLessThanOrEqual(header.length);
    }
    expect(parseChallenges("a ".repeat(500_000)).length).toBeLessThan(10_000);
  });
});
