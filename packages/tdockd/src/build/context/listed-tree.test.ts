import { encodeListedEntry, type ListedEntry } from "@tdock/api/context-listing";
import { createIgnoreMatcher } from "@tdock/api/ignore";
import { describe, expect, it } from "vitest";
import { resolvePath } from "../tree/resolve.ts";
import { VisibleTree } from "../tree/visible-tree.ts";
import { walkTree } from "../tree/walk-tree.ts";
import { ListedTree } from "./listed-tree.ts";
import { Listing } from "./listing.ts";

/** A path that ends with a slash is a folder, one with `->` a link. */
function treeOf(paths: readonly string[]): ListedTree {
  const listing = new Listing(Buffer.from(paths.map(line).join("")));
  const fileAt = (line: number) => ({ digest: `${line}`, name: `kept-${line}` });
  return new ListedTree({ listing, fileAt, unsettled: new Set(), folder: "/files" }, [{ from: 0, to: listing.count }]);
}

function line(text: string): string {
  const [path = "", target = ""] = text.split("->");
  const kind: ListedEntry["kind"] = target !== "" ? "l" : path.endsWith("/") ? "d" : "f";
  const rest = { mode: kind === "d" ? 0o700 : 0o644, mtime: 1, size: 5, target, stamp: "1:2:3" };
  return encodeListedEntry({ path: path.replace(/\/$/, ""), kind, ...rest });
}

const shown = (tree: Parameters<typeof walkTree>[0]) =>
  [...walkTree(tree, "")].map(([path, { kind, mode }]) => `${path}${kind === "folder" ? ` ${mode.toString(8)}` : ""}`);

describe("ListedTree", () => {
  it("gives each folder sorted, whatever the order of the lines", () => {
    const tree = treeOf(["b/", "b/z", "b/a", "a", "é", "c->b/a", "b/k/", "b/k/x y"]);

    expect(shown(tree)).toEqual(["a", "b 700", "b/a", "b/k 700", "b/k/x y", "b/z", "c", "é"]);
    expect(tree.list("b")).toEqual(["a", "k", "z"]);
    expect(resolvePath(tree, "c")).toMatchObject({ path: "b/a", entry: { digest: "2", content: "/files/kept-2" } });
    expect([tree.get("b/k"), tree.get("nope"), tree.get("b/k/nope"), tree.get("a/nope")]).toMatchObject([
      { kind: "folder", mode: 0o700 },
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("makes up folders that are not listed", () => {
    const tree = treeOf(["a", "m/n/o", "z"]);

    expect(shown(tree)).toEqual(["a", "m 755", "m/n 755", "m/n/o", "z"]);
    expect(tree.list("")).toEqual(["a", "m", "z"]);
    expect(tree.get("m")).toMatchObject({ kind: "folder", uid: 0 });
  });

  it.each([
    ["what is below a link", ["l->/etc", "l/passwd"], "l is a link, not a folder"],
    ["what is below a file", ["f", "f/x"], "f is a file, not a folder"],
    ["a folder that is a link as well", ["d/", "d->/etc", "d/x"], "d is a link, not a folder"],
    ["a path that leads outside", ["../x"], "forbidden path outside the build context"],
    ["a path that is not clean", ["a/../b"], "not a path in a build context"],
  ])("refuses %s", (_, paths, problem) => {
    expect(() => treeOf(paths)).toThrow(problem);
  });

  it("counts what is listed twice once", () => {
    expect(shown(treeOf(["f", "f", "d/", "d/", "d/x"]))).toEqual(["d 700", "d/x", "f"]);
  });
});

describe("VisibleTree", () => {
  it("hides what is ignored, and shows folders above what is not", () => {
    const tree = treeOf(["a", "b/", "b/keep", "b/x", "c/", "c/x", "d/", "d/x"]);

    const visible = new VisibleTree(tree, createIgnoreMatcher(["b", "c", "*/x", "!b/keep"]));

    expect(shown(visible)).toEqual(["a", "b 755", "b/keep", "d 700"]);
    expect(visible.list("")).toEqual(["a", "b", "d"]);
    expect([visible.get("c"), visible.get("c/x"), visible.get("d/x")]).toEqual([undefined, undefined, undefined]);
    expect(visible.get("b")).toMatchObject({ mode: 0o755 });
  });
});
