import { TdockError } from "@tdock/errors/error";
import { lineEnds } from "./line-ends.ts";

/** One thing in a context's folder. */
export interface ListedEntry {
  /** Slash-separated, relative to the folder. */
  readonly path: string;
  readonly kind: "f" | "d" | "l";
  /** Permission bits. */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** Bytes. */
  readonly size: number;
  /** What a link says; "" for everything else. */
  readonly target: string;
  /** Device, inode and change time: changes whenever the file does. The part behind the last colon is the change time. */
  readonly stamp: string;
}

/** What `find FOLDER/ -mindepth 1 -printf` is given to print a listing. */
export const findListingFormat = "%y %m %T@ %s %D:%i:%C@ %P\\0%l\\0";

/** One entry as {@link findListingFormat} prints it; the mode in octal. */
export function encodeListedEntry({ path, kind, mode, mtime, size, target, stamp }: ListedEntry): string {
  return `${kind} ${mode.toString(8)} ${mtime} ${size} ${stamp} ${path}\0${target}\0`;
}

/**
 * Reads a listing. What is neither file, folder nor link is `undefined`, so that the others keep their numbers.
 * Throws `invalid-argument`.
 */
export function parseContextListing(text: string): (ListedEntry | undefined)[] {
  const entries: (ListedEntry | undefined)[] = [];
  const pattern = new RegExp(entryPattern); // it remembers where it is
  while (pattern.lastIndex < text.length) {
    const begin = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw malformed(text.slice(begin));
    entries.push(entryOf(match));
  }
  return entries;
}

/** Reads one entry. Throws `invalid-argument`. */
export function parseListedEntry(text: string): ListedEntry | undefined {
  const match = onlyEntryPattern.exec(text);
  if (match === null) throw malformed(text);
  return entryOf(match);
}

const entryPattern = /(.) ([0-7]{1,5}) (-?[\d.]+) (\d{1,15}) (\S+) ([^\0]+)\0([^\0]*)\0/sy;
const onlyEntryPattern = new RegExp(`^${entryPattern.source}$`, "s");

function entryOf(match: readonly string[]): ListedEntry | undefined {
  const [, kind, mode = "", mtime, size, stamp = "", path = "", target = ""] = match;
  if (kind !== "f" && kind !== "d" && kind !== "l") return undefined;
  const numbers = { mode: Number.parseInt(mode, 8), mtime: Number(mtime), size: Number(size) };
  return { path, kind, ...numbers, target, stamp };
}

/** The shortest entry: a name of one letter, one digit each for the rest. */
const shortestBytes = 13;

/** Where each entry of a listing ends. Throws `invalid-argument` when the last is cut off; reads none of them. */
export function listingEnds(listing: Uint8Array): Uint32Array {
  const ends = lineEnds(listing, { mark: 0, marks: 2, most: Math.ceil(listing.length / shortestBytes) + 1 });
  if ((ends.at(-1) ?? 0) === listing.length) return ends;
  throw malformed(Buffer.from(listing.subarray(ends.at(-1) ?? 0)).toString("utf8", 0, 200));
}

function malformed(text: string): TdockError {
  return new TdockError("invalid-argument", `not a listing of a build context: ${JSON.stringify(text.slice(0, 200))}`);
}
