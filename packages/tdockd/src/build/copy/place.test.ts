import { describe, expect, it } from "vitest";
import type { TreeEntry } from "../tree/entry.ts";
import { FileTree, treePath } from "../tree/file-tree.ts";
import { type Placement, place } from "./place.ts";
import { type SelectOptions, select } from "./select.ts";

const common = { uid: 0, gid: 0, mtime: 0 };
const file: TreeEntry = { kind: "file", mode: 0o644, ...common, size: 1, digest: "d", content: "/c" };
const link = (target: string): TreeEntry => ({ kind: "link", mode: 0o777, ...common, target });

function treeOf(entries: Readonly<Record<string, TreeEntry>>): FileTree {
  const tree = new FileTree();
  for (const [path, entry] of Object.entries(entries)) tree.set(path, entry);
  return tree;
}

const context = treeOf({
  "a.txt": file,
  "b.txt": file,
  "d/e/f": file,
  "d/l": link("/etc"),
  out: link("../../etc/passwd"),
  dl: link("d"),
});
const image = treeOf({ "ex/file": file, lnk: link("ex"), "ex/dangling": link("/nowhere") });
const options: SelectOptions = { exclude: [], parents: false, instruction: "COPY", origin: "the build context" };

function placed(pattern: string, destination: string, selectOptions = options): string[] {
  const placement: Placement = new Map();
  const rest = { link: false, now: 1, owner: { uid: 0, gid: 0 }, instruction: "COPY", replaceFiles: false };
  place(image, select(context, pattern, selectOptions), { destination, ...rest }, placement);
  return [...placement].map(([path, entry]) => `${path}${entry.kind === "folder" ? "/" : ""}`).sort();
}

describe("COPY", () => {
  it.each([
    ["a.txt", "/x", ["x"]],
    ["a.txt", "/x/", ["x/", "x/a.txt"]],
    ["a.txt", "/ex", ["ex/", "ex/a.txt"]],
    ["a.txt", "/lnk", ["ex/", "ex/a.txt"]],
    ["a.txt", "/lnk/", ["ex/", "ex/a.txt"]],
    ["a.txt", "/ex/dangling", ["nowhere"]],
    ["d", "/x", ["x/", "x/e/", "x/e/f", "x/l"]],
    ["dl", "/x", ["x/", "x/e/", "x/e/f", "x/l"]],
    ["*.txt", "/x/", ["x/", "x/a.txt", "x/b.txt"]],
    ["d/e/../e/f", "/x", ["x"]],
    ["../../a.txt", "/x", ["x"]],
  ])("%s %s places %j", (pattern, destination, expected) => {
    expect(placed(pattern, destination)).toEqual(expected);
  });

  it("keeps folders with --parents, from the pivot on", () => {
    expect(placed("d/e/f", "/x/", { ...options, parents: true })).toEqual(["x/", "x/d/", "x/d/e/", "x/d/e/f"]);
    expect(placed("d/./e/f", "/x/", { ...options, parents: true })).toEqual(["x/", "x/e/", "x/e/f"]);
    expect(placed("**/f", "/x/", { ...options, parents: true })).toEqual(["x/", "x/d/", "x/d/e/", "x/d/e/f"]);
  });

  it("leaves out what --exclude names", () => {
    expect(placed("*.txt", "/x/", { ...options, exclude: ["b*"] })).toEqual(["x/", "x/a.txt"]);
    expect(placed("d", "/x", { ...options, exclude: ["e"] })).toEqual(["x/", "x/l"]);
  });

  it.each([
    ["nope", "/x", "no such file or folder in the build context"],
    ["*.nope", "/x/", "no such file or folder"],
    ["out", "/x", "no such file or folder"],
    ["d/l/passwd", "/x", "no such file or folder"],
    ["*.txt", "/x", "must be a directory and end with a /"],
    ["d", "/ex/file", "it is a file, not a folder"],
  ])("%s %s is refused: %s", (pattern, destination, message) => {
    expect(() => placed(pattern, destination)).toThrow(message);
  });
});

describe("treePath", () => {
  it.each([
    ["./a/b/", "a/b"],
    ["/a", "a"],
    [".", ""],
    ["a/../b", "b"],
  ])("of %s is %s", (name, expected) => {
    expect(treePath(name)).toBe(expected);
  });

  it.each(["..", "../a", "a/../../b"])("refuses %s", (name) => {
    expect(() => treePath(name)).toThrow("forbidden path outside the build context");
  });
});

describe("FileTree", () => {
  it("lets no entry be placed below a link", () => {
    expect(() => treeOf({ l: link("/etc"), "l/passwd": file })).toThrow("l is a link, not a folder");
  });
});
