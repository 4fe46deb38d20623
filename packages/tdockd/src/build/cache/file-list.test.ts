import { expect, it } from "vitest";
import type { TreeEntry } from "../tree/entry.ts";
import { rootFolder } from "../tree/file-tree.ts";
import { fileContents, fileList } from "./file-list.ts";

it("gives the digests of a list's files, whatever they are called and whatever is beside them", () => {
  const [first = "", second = "", third = ""] = ["a", "b", "c"].map((letter) => letter.repeat(64));
  const owned = { mode: 0o644, uid: 0, gid: 10, mtime: 0, size: 1 };
  const entries = new Map<string, TreeEntry>([
    ["plain", { ...owned, kind: "file", content: "", digest: first }],
    ["file 644 0:0 \n x", { ...owned, kind: "file", content: "", digest: second }],
    ["link", { ...owned, kind: "link", target: `file 644 0:0 ${"d".repeat(64)}` }],
    ["folder", rootFolder],
    ["ping", { ...owned, kind: "file", content: "", digest: third, capability: Buffer.of(1, 2) }],
  ]);
  const list = fileList([{ name: "", root: rootFolder, entries, source: "" }]);

  expect([...fileContents(Buffer.concat(list).toString())]).toEqual([first, second, third]);
  expect([...fileContents("")]).toEqual([]);
});
