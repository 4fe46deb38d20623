import type { IgnoreMatcher, IgnoreResult } from "@tdock/api/ignore";
import type { SourceTree, TreeEntry } from "./entry.ts";
import { joinPath } from "./resolve.ts";

/** What is below a folder of a tree: may be walked several times, and is read anew each time, as there may be much. */
export type Entries = Iterable<readonly [path: string, entry: TreeEntry]>;

/** All below `root` but what is excluded, parents before children, paths relative to it. */
export function walkTree(tree: SourceTree, root: string, exclude?: IgnoreMatcher): Entries {
  return { [Symbol.iterator]: () => walk({ tree, root, exclude }) };
}

interface Walk {
  readonly tree: SourceTree;
  readonly root: string;
  readonly exclude: IgnoreMatcher | undefined;
}

function* walk({ tree, root, exclude }: Walk): Generator<readonly [string, TreeEntry]> {
  const open = [openFolder(tree, root, "", undefined)];
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const next = last.children.next();
    if (next.done === true) {
      open.pop();
      continue;
    }
    const [name, entry] = next.value;
    const path = joinPath(last.path, name);
    const result = exclude?.test(path, last.result);
    if (result?.ignored !== true) yield [path, entry];
    const isEntered = result?.ignored !== true || exclude?.mayHoldIncluded(path) === true;
    if (entry.kind === "folder" && isEntered) open.push(openFolder(tree, root, path, result));
  }
}

function openFolder(tree: SourceTree, root: string, path: string, result: IgnoreResult | undefined) {
  const children = tree.children(joinPath(root, path).replace(/\/$/, ""))[Symbol.iterator]();
  return { path, children, result };
}
