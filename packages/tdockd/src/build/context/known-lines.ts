import type { ContextIndex } from "./context-index.ts";
import type { Listing } from "./listing.ts";

/** Where there is none. */
export const noLine = -1;

/**
 * For each line of a listing the line of an earlier one that tells the same file, unchanged. Most are the same byte for
 * byte, at the beginning or at the end; what is between is read. Throws `invalid-argument` for what is no listing.
 */
export function knownLines(listing: Listing, { listing: before, files }: ContextIndex): Int32Array {
  const known = new Int32Array(listing.count).fill(noLine);
  const most = Math.min(listing.count, before.count);
  let head = 0;
  while (head < most && listing.isSame(head, before, head)) known[head] = head++;
  let tail = 0;
  const [end, endBefore] = [listing.count - 1, before.count - 1];
  while (tail < most - head && listing.isSame(end - tail, before, endBefore - tail)) {
    known[end - tail] = endBefore - tail++;
  }
  const old = filesByPath(before, head, before.count - tail);
  for (const [index, entry] of listing.entries(head, listing.count - tail).entries()) {
    const found = entry?.kind === "f" ? old.get(entry.path) : undefined;
    if (found === undefined || found.stamp !== entry?.stamp || found.size !== entry.size) continue;
    if (files.has(found.line)) known[head + index] = found.line;
  }
  return known;
}

interface OldFile {
  readonly line: number;
  readonly size: number;
  readonly stamp: string;
}

function filesByPath(listing: Listing, from: number, to: number): ReadonlyMap<string, OldFile> {
  const files = new Map<string, OldFile>();
  for (const [index, entry] of listing.entries(from, to).entries()) {
    if (entry?.kind === "f") files.set(entry.path, { line: from + index, size: entry.size, stamp: entry.stamp });
  }
  return files;
}
