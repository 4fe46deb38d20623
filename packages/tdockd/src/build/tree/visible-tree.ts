import type { IgnoreMatcher, IgnoreResult } from "@tdock/api/ignore";
import type { SourceTree, TreeEntry } from "./entry.ts";
import { parentOf, rootFolder } from "./file-tree.ts";
import { joinPath } from "./resolve.ts";

/** A tree without what is ignored. What is hidden is kept, not what is seen: nearly all that is ignored never comes. */
export class VisibleTree implements SourceTree {
  private readonly tree: SourceTree;
  private readonly hidden = new Set<string>();
  /** Folders that are ignored and hold something that is not: their own mode and time are not known. */
  private readonly bare = new Set<string>();

  constructor(tree: SourceTree, matcher: IgnoreMatcher) {
    this.tree = tree;
    this.hide(matcher, "", undefined);
  }

  get isHashed(): boolean {
    return this.tree.isHashed;
  }

  get(path: string): TreeEntry | undefined {
    for (let at = path; at !== ""; at = parentOf(at)) if (this.hidden.has(at)) return undefined;
    return this.bare.has(path) ? rootFolder : this.tree.get(path);
  }

  list(folder: string): readonly string[] {
    return this.tree.list(folder).filter((name) => !this.hidden.has(joinPath(folder, name)));
  }

  *children(folder: string): Generator<readonly [string, TreeEntry]> {
    for (const [name, entry] of this.tree.children(folder)) {
      const path = joinPath(folder, name);
      if (!this.hidden.has(path)) yield [name, this.bare.has(path) ? rootFolder : entry];
    }
  }

  /** Whether anything in the folder is seen. */
  private hide(matcher: IgnoreMatcher, folder: string, parent: IgnoreResult | undefined): boolean {
    let isSeen = false;
    for (const [name, { kind }] of this.tree.children(folder)) {
      const path = joinPath(folder, name);
      const result = matcher.test(path, parent);
      const isEntered = kind === "folder" && (!result.ignored || matcher.mayHoldIncluded(path));
      const holds = isEntered && this.hide(matcher, path, result);
      if (!result.ignored || holds) isSeen = true;
      if (result.ignored) (holds ? this.bare : this.hidden).add(path);
    }
    return isSeen;
  }
}
