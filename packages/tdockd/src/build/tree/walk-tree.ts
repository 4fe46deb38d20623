import type { IgnoreMatcher, IgnoreResult } from "@tdock/api/ignore";
import type { SourceTree, TreeEntry } from "./entry.ts";
import { joinPath } from "./resolve.ts";

/** What is below a folder of a tree: may be walked several times, and is read anew each time, as there may be much. */
export type Entries = Iterable<readonly [path: string, entry: TreeEntry]>;

/** All below `root` but what is excluded, parents before children, paths relative to it. */
export function walkTree(tree: SourceTree, root: string, exclude?: IgnoreMatcher): Entries {
  return { [Symbol.iterator]: () => walk({ tree, root, exclude }, "", undefined) };
}

interface Walk {
  readonly tree: SourceTree;
  readonly root: string;
  readonly exclude: IgnoreMatcher | undefined;
}

function* walk(all: Walk, below: string, parent: IgnoreResult | undefined): Generator<readonly [string, TreeEntry]> {
  const { tree, root, exclude } = all;
  for (const [name, entry] of tree.children(joinPath(root, below).replace(/\/$/, ""))) {
    const path = joinPath(below, name);
    const result = exclude?.test(path, parent);
    if (result?.ignored !== true) yield [path, entry];
    if (entry.kind !== "folder") continue;
    if (result?.ignored === true && exclude?.mayHoldIncluded(path) !== true) continue;
    yield* walk(all, path, result);
  }
}
