import type { SourceTree, TreeEntry } from "./entry.ts";
import { joinPath } from "./resolve.ts";

/** What is in a folder of a tree that is asked for each name by itself. */
export function* entriesIn(
  tree: Pick<SourceTree, "get" | "list">,
  folder: string,
): Generator<readonly [string, TreeEntry]> {
  for (const name of tree.list(folder)) {
    const entry = tree.get(joinPath(folder, name));
    if (entry !== undefined) yield [name, entry];
  }
}
