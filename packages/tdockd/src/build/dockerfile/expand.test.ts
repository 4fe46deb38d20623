// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax under test
import { describe, expect, it } from "vitest";
import { expandWord, expandWords } from "./expand.ts";

const values: Readonly<Record<string, string>> = { a: "x y", empty: "", path: "foo/bar/baz.tar.gz" };
const lookup = (name: string) => values[name];

describe("expandWord", () => {
  it.each([
    ["$a-${a}", "x y-x y"],
    ["\\$a", "$a"],
    ["'$a'", "$a"],
    ['"$a"', "x y"],
    ["$unset", ""],
    ["${empty:-w}", "w"],
    ["${empty-w}", ""],
    ["${unset-w}", "w"],
    ["${a:+w}", "w"],
    ["${empty:+w}", ""],
    ["${empty+w}", "w"],
    ["${a:?no}", "x y"],
    ["${path#*/}", "bar/baz.tar.gz"],
    ["${path##*/}", "baz.tar.gz"],
    ["${path%.*}", "foo/bar/baz.tar"],
    ["${path%%.*}", "foo/bar/baz"],
    ["${path/ba?/X}", "foo/X/baz.tar.gz"],
    ["${path//a/X}", "foo/bXr/bXz.tXr.gz"],
    ["${path/\\//_}", "foo_bar/baz.tar.gz"],
    ["${unset:-${a:-z}}", "x y"],
    ["$", "$"],
    ["a\\", "a"],
    ['"a\\b\\""', 'a\\b"'],
  ])("expands %s to %s", (text, expected) => {
    expect(expandWord(text, lookup, { escapeChar: "\\" }).value).toBe(expected);
  });

  it.each([
    ["${a", "missing '}'"],
    ["${}", "bad substitution"],
    ["${:-x}", "bad substitution"],
    ["${a:#x}", "unsupported modifier"],
    ["${unset:?gone}", "unset: gone"],
    ["${empty:?}", "empty: is not allowed to be empty"],
    ["'a", "single-quote"],
    ['"a', "double-quote"],
  ])("refuses %s", (text, message) => {
    expect(() => expandWord(text, lookup, { escapeChar: "\\" })).toThrow(message);
  });

  it("tells which names are unset", () => {
    expect([...expandWord("$a $b ${c:-d}", lookup, { escapeChar: "\\" }).unset]).toEqual(["b", "c"]);
  });

  it("refuses a value that doubles without end", () => {
    const long = "x".repeat(700_000);

    expect(() => expandWord("$A$A", () => long, { escapeChar: "\\" })).toThrow("longer than");
  });

  it("refuses substitutions nested too deep", () => {
    expect(() => expandWord("${a:-".repeat(5000), () => undefined, { escapeChar: "\\" })).toThrow("in one another");
  });
});

describe("expandWords", () => {
  it.each([
    ["$a b", ["x", "y", "b"]],
    ['"$a" b', ["x y", "b"]],
    ["a\\ b c", ["a b", "c"]],
    ["", []],
  ])("splits %s into %j", (text, expected) => {
    expect(expandWords(text, lookup, { escapeChar: "\\" })).toEqual(expected);
  });
});
