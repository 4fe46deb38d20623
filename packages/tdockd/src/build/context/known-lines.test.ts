import { encodeListedEntry, type ListedEntry } from "@tdock/api/context-listing";
import { describe, expect, it } from "vitest";
import { encodeFileRecord, FileRecords } from "./file-records.ts";
import { knownLines } from "./known-lines.ts";
import { linesOf } from "./lines-of.ts";
import { Listing } from "./listing.ts";
import { recordLines } from "./record-lines.ts";

const entry = (path: string, stamp = "1:2:3", kind: ListedEntry["kind"] = "f"): string =>
  encodeListedEntry({ path, kind, mode: 0o644, mtime: 1, size: 5, target: kind === "l" ? "elsewhere" : "", stamp });
const folder = (path: string) => entry(path, "1:2:3", "d");
const listingOf = (lines: readonly string[]) => new Listing(Buffer.from(lines.join("")));
const recordsOf = (names: readonly (string | undefined)[]) =>
  new FileRecords(
    Buffer.from(
      names
        .map((name) => (name === "-" ? "\n" : encodeFileRecord(name === undefined ? undefined : kept(name))))
        .join(""),
    ),
    names.length,
  );
const kept = (name: string) => ({ digest: "0".repeat(64), name });

const before = {
  listing: listingOf([folder("a"), entry("a/one"), entry("a/two"), folder("b"), entry("b/three"), entry("b/four")]),
  files: recordsOf(["-", "1", "2", "-", undefined, "4"]),
};

describe("knownLines and recordLines", () => {
  it.each([
    [
      "nothing has changed",
      [folder("a"), entry("a/one"), entry("a/two"), folder("b"), entry("b/three"), entry("b/four")],
    ],
    [
      "one file has",
      [folder("a"), entry("a/one", "1:2:9"), entry("a/two"), folder("b"), entry("b/three"), entry("b/four")],
    ],
    [
      "two have",
      [folder("a"), entry("a/one", "9"), entry("a/two"), folder("b"), entry("b/three"), entry("b/four", "9")],
    ],
    ["the order has", [folder("b"), entry("b/four"), entry("b/three"), folder("a"), entry("a/two"), entry("a/one")]],
    ["some are new and some are gone", [entry("0"), folder("b"), entry("b/four"), entry("b/new"), entry("z")]],
    ["all are gone", []],
  ])("ask for nothing that is kept, and for all that is not, when %s", (_, lines) => {
    const listing = listingOf(lines);
    const known = knownLines(listing, before);
    const missing = lines.flatMap((_, line) => {
      return listing.isFile(line) && !before.files.has(known[line] as number) ? [line] : [];
    });
    const received = new Map(missing.map((line) => [line, kept(`new-${line}`)]));

    const records = recordLines({ listing, before: before.files, known, received });

    const names = new Map([
      [entry("a/one"), "1"],
      [entry("a/two"), "2"],
      [entry("b/four"), "4"],
    ]);
    const expected = lines.map((text, line) => (listing.isFile(line) ? (names.get(text) ?? `new-${line}`) : undefined));
    expect(records.count).toBe(lines.length);
    expect(lines.map((_, line) => records.get(line)?.name)).toEqual(expected);
    expect(records.isSettled).toBe(true);
  });

  it("keep nothing of a file that may change again", () => {
    const listing = listingOf([entry("new")]);
    const known = knownLines(listing, before);

    const records = recordLines({ listing, before: before.files, known, received: new Map([[0, undefined]]) });

    expect(records.isSettled).toBe(false);
    expect(records.has(0)).toBe(false);
  });

  it("refuse what is no listing", () => {
    expect(() => listingOf(["f 644 1 2"]).count).toThrow("not a listing");
    expect(() => listingOf(["a\0\0".repeat(100)]).count).toThrow("not a listing");
    expect(() => knownLines(new Listing(Buffer.from("nonsense\0\0")), before)).toThrow("not a listing");
  });
});

describe("linesOf", () => {
  const lines = [
    folder("a b"),
    entry("a b/c"),
    folder("b"),
    entry("b/c"),
    folder("b/d"),
    entry("b/d/e"),
    entry("c"),
    entry("l", "1", "l"),
  ];
  const listing = listingOf(lines);
  const told = (...paths: string[]) =>
    linesOf(listing, paths)?.flatMap(({ from, to }) => listing.entries(from, to).map((one) => one?.path));

  it.each([
    [["c"], ["c"]],
    [["b/d/"], ["b", "b/d", "b/d/e"]],
    [
      ["./b/c", "c"],
      ["b", "b/c", "c"],
    ],
    [["a b"], ["a b", "a b/c"]],
    [["nothing"], []],
    [["c/below"], ["c"]],
    [["."], undefined],
    [["b/../c"], undefined],
    [["l"], undefined],
    [["l/x"], undefined],
  ])("tells %j by %j", (paths, expected) => {
    expect(told(...paths)).toEqual(expected);
  });

  it("leaves out nothing that is below a folder, whatever the order", () => {
    const mixed = listingOf([entry("b/1"), entry("x"), folder("b"), entry("y"), entry("b/2")]);
    const found = linesOf(mixed, ["b"])?.flatMap(({ from, to }) => mixed.entries(from, to).map((one) => one?.path));

    expect(found).toEqual(expect.arrayContaining(["b/1", "b", "b/2"]));
  });
});
