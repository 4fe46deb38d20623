import { describe, expect, it } from "vitest";
import { createIgnoreMatcher, parseIgnoreFile } from "./ignore.ts";

describe("parseIgnoreFile", () => {
  it("drops the byte order mark, comments in column 0 and blank lines, and cleans the rest", () => {
    const text = "\u{FEFF}# a comment\n\n  /a/ \n./b\n! /c\n #no-comment\n!\n/\n";

    expect(parseIgnoreFile(text)).toEqual(["a", "b", "!c", "#no-comment", "!", "/"]);
  });
});

describe("createIgnoreMatcher", () => {
  it.each([
    [["*.log"], "a.log", true],
    [["*.log"], "dir/a.log", false],
    [["**/*.log"], "dir/a.log", true],
    [["node_modules"], "node_modules/x/y", true],
    [["dir", "!dir/keep"], "dir/keep", false],
    [["dir", "!dir/keep"], "dir/other", true],
    [["!dir/keep", "dir"], "dir/keep", true],
    [["*", "!*.md", "README.md"], "README.md", true],
    [["*", "!*.md"], "x.md", false],
    [["docs/**", "!docs/*.md"], "docs/a.md", false],
    [["docs/**", "!docs/*.md"], "docs/x/a.md", true],
    [["a/*/c"], "a/b/c/d", true],
    [[], "a", false],
  ])("%j on %s: ignored is %s", (patterns, path, expected) => {
    expect(createIgnoreMatcher(patterns).test(path).ignored).toBe(expected);
  });

  it("gives the same answer with the folder's result as without", () => {
    const matcher = createIgnoreMatcher(["*", "!a/b", "a/b/c"]);
    const below = ["a", "a/b", "a/b/c", "a/b/c/d"].reduce<ReturnType<typeof matcher.test> | undefined>(
      (parent, path) => matcher.test(path, parent),
      undefined,
    );

    expect(below?.ignored).toBe(matcher.test("a/b/c/d").ignored);
  });

  it("says which ignored folders an exception may reach into", () => {
    const matcher = createIgnoreMatcher(["*", "!a/b/*.ts"]);

    expect(["a", "a/b", "c"].map((folder) => matcher.mayHoldIncluded(folder))).toEqual([true, true, false]);
  });

  it("says that a wildcard exception may reach into any folder", () => {
    expect(createIgnoreMatcher(["x", "!**/*.md"]).mayHoldIncluded("x")).toBe(true);
  });

  it("refuses a lone exclamation mark", () => {
    expect(() => createIgnoreMatcher(["!"])).toThrow('illegal exclusion pattern: "!"');
  });
});
