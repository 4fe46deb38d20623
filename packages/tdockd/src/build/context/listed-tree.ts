import type { ListedEntry } from "@tdock/api/context-listing";
import { TdockError } from "@tdock/errors/error";
import type { TreeEntry } from "../tree/entry.ts";
import { FileTree, treePath } from "../tree/file-tree.ts";
import type { LineRange } from "./lines-of.ts";
import type { ListedFiles } from "./listed-files.ts";

/** The tree of some lines of a listing. Throws `invalid-argument` for a file that is not at hand. */
export function treeOf(files: ListedFiles, ranges: readonly LineRange[]): FileTree {
  const tree = new FileTree();
  for (const { from, to } of ranges) {
    for (const [index, entry] of files.listing.entries(from, to).entries()) {
      if (entry !== undefined) tree.set(treePath(entry.path), treeEntry(files, entry, from + index));
    }
  }
  return tree;
}

function treeEntry({ fileAt, folder }: ListedFiles, listed: ListedEntry, line: number): TreeEntry {
  const { mtime } = listed;
  const mode = listed.mode & 0o7777;
  if (listed.kind === "d") return { kind: "folder", mode, uid: 0, gid: 0, mtime };
  if (listed.kind === "l") return { kind: "link", mode: 0o777, uid: 0, gid: 0, mtime, target: listed.target };
  const file = fileAt(line);
  if (file === undefined) throw new TdockError("invalid-argument", `${listed.path} was not sent`);
  const { size = listed.size, digest, name } = file;
  return { kind: "file", mode, uid: 0, gid: 0, mtime, size, digest, content: `${folder}/${name}` };
}
