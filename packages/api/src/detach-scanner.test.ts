import { describe, expect, it } from "vitest";
import { parseDetachKeys } from "./detach-keys.ts";
import { DetachScanner } from "./detach-scanner.ts";

function scan(chunks: readonly string[]): { passed: string; detached: boolean } {
  const scanner = new DetachScanner(parseDetachKeys(undefined));
  const parts = chunks.map((chunk) => scanner.scan(Buffer.from(chunk)));
  return {
    passed: Buffer.concat(parts.map(({ passed }) => passed)).toString(),
    detached: parts.some(({ detached }) => detached),
  };
}

describe("DetachScanner", () => {
  it.each([
    [["hello"], "hello", false],
    [["a\x10\x11b"], "a", true],
    [["a", "\x10", "\x11"], "a", true],
    [["\x10a"], "\x10a", false],
    [["\x10\x10\x11"], "\x10", true],
  ])("turns %j into %j, detached: %s", (chunks, passed, detached) => {
    const result = scan(chunks);

    expect(result.detached).toBe(detached);
    expect(result.passed).toBe(passed);
  });
});

describe("parseDetachKeys", () => {
  it.each([
    ["ctrl-a", [1]],
    ["a,ctrl-@", [97, 0]],
    ["ctrl-[", [27]],
  ])("reads %s", (keys, bytes) => {
    expect([...parseDetachKeys(keys)]).toEqual(bytes);
  });

  it.each(["ctrl-", "abc", "ctrl-1", "é"])("refuses %s", (keys) => {
    expect(() => parseDetachKeys(keys)).toThrow("Invalid detach keys");
  });
});
