import { describe, expect, it } from "vitest";
import { parseDetachKeys } from "./detach-keys.ts";
import { DetachScanner } from "./detach-scanner.ts";

async function scan(chunks: readonly string[]): Promise<{ passed: string; detached: boolean }> {
  let detached = false;
  const scanner = new DetachScanner(parseDetachKeys(undefined), () => {
    detached = true;
  });
  for (const chunk of chunks) scanner.write(chunk);
  scanner.end();
  let passed = "";
  for await (const chunk of scanner) passed += String(chunk);
  return { passed, detached };
}

describe("DetachScanner", () => {
  it.each([
    [["hello"], "hello", false],
    [["a\x10\x11b"], "a", true],
    [["a", "\x10", "\x11"], "a", true],
    [["\x10a"], "\x10a", false],
    [["\x10\x10\x11"], "\x10", true],
  ])("turns %j into %j, detached: %s", async (chunks, passed, detached) => {
    const result = await scan(chunks);

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
