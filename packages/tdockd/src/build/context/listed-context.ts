import { createHash } from "node:crypto";
import { type LineRange, linesOf } from "./lines-of.ts";
import type { ListedFiles } from "./listed-files.ts";
import { ListedTree } from "./listed-tree.ts";
import type { Listing } from "./listing.ts";
import type { LoadedContext } from "./loaded-context.ts";

/** The context that a listing describes, or a part of it. */
export function listedContext(files: ListedFiles, ranges?: readonly LineRange[]): LoadedContext {
  const { listing, folder } = files;
  const chosen = ranges ?? [{ from: 0, to: listing.count }];
  let tree: ListedTree | undefined;
  return {
    identity: isSettled(files, chosen) ? digestOf(listing, ranges) : undefined,
    folder,
    tree: async () => {
      tree ??= new ListedTree(files, chosen);
      return tree;
    },
    part: (paths) => listedContext(files, linesOf(listing, paths)),
  };
}

function isSettled({ unsettled }: ListedFiles, ranges: readonly LineRange[]): boolean {
  return [...unsettled].every((line) => !ranges.some(({ from, to }) => from <= line && line < to));
}

function digestOf(listing: Listing, ranges: readonly LineRange[] | undefined): string {
  if (ranges === undefined) return listing.digest;
  const digest = createHash("sha256");
  for (const { from, to } of ranges) digest.update(listing.slice(from, to));
  return `part-${digest.digest("hex")}`;
}
