import { describe, expect, it } from "vitest";
import { compileGlob, hasWildcard } from "./glob.ts";

describe("compileGlob", () => {
  it.each([
    ["a", "a", true],
    ["a", "ab", false],
    ["*", "abc", true],
    ["*", "a/b", false],
    ["a*b", "a/b", false],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["[a-c]x", "bx", true],
    ["[^a-c]x", "bx", false],
    ["[\\]a]", "]", true],
    ["\\*", "*", true],
    ["\\*", "x", false],
    ["a.b", "axb", false],
    ["**", "a/b", false],
  ])("one-level: %s on %s is %s", (pattern, path, expected) => {
    expect(compileGlob(pattern, "one-level")(path)).toBe(expected);
  });

  it.each([
    ["**", "a/b/c", true],
    ["**/a", "a", true],
    ["**/a", "b/c/a", true],
    ["**/a", "xa", false],
    ["**a", "xa", true],
    ["a/**", "a/b/c", true],
    ["a/**", "a", false],
    ["a**", "abc/d", true],
    ["a/**/b", "a/b", true],
    ["a/**/b", "a/x/y/b", true],
    ["a/**/b", "a/xb", false],
    ["**/*.go", "x/y.go", true],
    ["**/foo/**/bar", "foo/a/bar", true],
    ["a/*/b", "a/x/y/b", false],
    ["dir/**/*.ts", "dir/x.ts", true],
  ])("any-level: %s on %s is %s", (pattern, path, expected) => {
    expect(compileGlob(pattern, "any-level")(path)).toBe(expected);
  });

  it.each(["[", "[a", "[]", "[]a", "[a-]", "[-a]", "a\\"])("refuses the malformed pattern %s", (pattern) => {
    expect(() => compileGlob(pattern, "one-level")).toThrow(/syntax error in pattern/);
  });

  it("takes a hostile pattern in linear time", () => {
    const matches = compileGlob(`${"**/*a".repeat(30)}b`, "any-level");

    expect(matches("a/".repeat(2000))).toBe(false);
  });
});

describe("hasWildcard", () => {
  it.each([
    ["a", false],
    ["a*", true],
    ["a\\*", false],
    ["a\\\\*", true],
    ["?", true],
    ["[", true],
  ])("of %s is %s", (pattern, expected) => {
    expect(hasWildcard(pattern)).toBe(expected);
  });
});
