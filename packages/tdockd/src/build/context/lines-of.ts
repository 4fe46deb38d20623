import type { Listing } from "./listing.ts";

/** Lines from one up to another. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The lines that these paths are told by, with the folders above them and all below, in order. `undefined` when only all
 * of them will do: for the root, and where links may lead elsewhere.
 */
export function linesOf(listing: Listing, paths: readonly string[]): readonly LineRange[] | undefined {
  const ranges: LineRange[] = [];
  for (const path of paths) {
    const found = rangesOf(listing, path);
    if (found === undefined) return undefined;
    ranges.push(...found);
  }
  return joined(ranges);
}

function rangesOf(listing: Listing, path: string): readonly LineRange[] | undefined {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.length === 0 || parts.includes("..")) return undefined;
  const ranges: LineRange[] = [];
  for (let length = 1; length <= parts.length; length++) {
    const found = listing.find(parts.slice(0, length).join("/"));
    if (found?.entry.kind === "l") return undefined;
    if (found !== undefined) ranges.push({ from: found.line, to: found.line + 1 });
  }
  const below = listing.below(parts.join("/"));
  return below === undefined ? ranges : [...ranges, { from: below.first, to: below.last + 1 }];
}

/** The same lines, each once. */
function joined(ranges: readonly LineRange[]): LineRange[] {
  const result: LineRange[] = [];
  for (const range of ranges.toSorted((one, other) => one.from - other.from)) {
    const last = result.at(-1);
    if (last === undefined || last.to < range.from) result.push(range);
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
  }
  return result;
}
