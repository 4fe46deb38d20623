import { join } from "node:path";
import type { ListedEntry } from "@tdock/api/context-listing";
import { TdockError } from "@tdock/errors/error";
import type { TreeEntry } from "../tree/entry.ts";
import { FileTree, treePath } from "../tree/file-tree.ts";
import type { KnownFile } from "./context-index.ts";

/** The tree of a listing, whose files lie in `folder`. Throws `invalid-argument` for one that is not known. */
export function treeOf(
  entries: readonly (ListedEntry | undefined)[],
  known: ReadonlyMap<string, KnownFile>,
  folder: string,
): FileTree {
  const tree = new FileTree();
  for (const entry of entries) {
    if (entry !== undefined) tree.set(treePath(entry.path), treeEntry(entry, known, folder));
  }
  return tree;
}

function treeEntry(listed: ListedEntry, known: ReadonlyMap<string, KnownFile>, folder: string): TreeEntry {
  const common = { mode: listed.mode & 0o7777, uid: 0, gid: 0, mtime: listed.mtime };
  if (listed.kind === "d") return { kind: "folder", ...common };
  if (listed.kind === "l") return { kind: "link", ...common, mode: 0o777, target: listed.target };
  const file = known.get(listed.path);
  if (file === undefined) throw new TdockError("invalid-argument", `${listed.path} was not sent`);
  const [size, , digest, name] = file;
  return { kind: "file", ...common, size, digest, content: join(folder, name) };
}
