import { hash } from "node:crypto";
import { type ListedEntry, listingEnds, parseContextListing, parseListedEntry } from "@tdock/api/context-listing";
import { lineOf } from "@tdock/api/line-ends";
import { diskName, nameText } from "@tdock/api/name-text";

/**
 * A context's listing as it came. Its lines are read when they are asked for: from one build to the next nearly all are
 * what they were, and of a large context most are not needed.
 */
export class Listing {
  readonly bytes: Buffer;
  private knownEnds: Uint32Array | undefined;
  private known: string | undefined;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Throws `invalid-argument` for a listing that is cut off; its lines may still turn out to be none. */
  get count(): number {
    return this.ends.length;
  }

  /** SHA-256 in hex. */
  get digest(): string {
    this.known ??= hash("sha256", this.bytes);
    return this.known;
  }

  /** The text of the lines from one up to another. */
  slice(from: number, to: number): Buffer {
    return this.bytes.subarray(this.startOf(from), this.startOf(to));
  }

  /** What the lines say. Throws `invalid-argument`. */
  entries(from: number, to: number): (ListedEntry | undefined)[] {
    return parseContextListing(nameText(this.slice(from, to)));
  }

  /** What one line says. Throws `invalid-argument`. */
  entryAt(line: number): ListedEntry | undefined {
    return parseListedEntry(nameText(this.slice(line, line + 1)));
  }

  /** The letter that tells what a line is of. */
  kindOf(line: number): string {
    return String.fromCharCode(this.bytes[this.startOf(line)] as number);
  }

  /** The path that a line tells; anything when it is none. */
  pathOf(line: number): string {
    const { bytes } = this;
    const limit = this.startOf(line + 1);
    let at = this.startOf(line);
    for (let fields = 0; fields < fieldsBeforePath && at < limit; at++) if (bytes[at] === space) fields++;
    let end = at;
    while (end < limit && bytes[end] !== 0) end++;
    return nameText(bytes.subarray(at, end));
  }

  isFile(line: number): boolean {
    return this.bytes[this.startOf(line)] === fileLetter;
  }

  /** The entry of this path with its line, `undefined` when none is listed. */
  find(path: string): { readonly line: number; readonly entry: ListedEntry } | undefined {
    const text = Buffer.from(diskName(` ${path}\0`));
    for (let at = this.bytes.indexOf(text); at !== -1; at = this.bytes.indexOf(text, at + 1)) {
      const line = lineOf(this.ends, at);
      const entry = this.entryAt(line);
      if (entry?.path === path) return { line, entry };
    }
    return undefined;
  }

  /** The first and the last line that may be of something below this folder; `undefined` when there is none. */
  below(path: string): { readonly first: number; readonly last: number } | undefined {
    const text = Buffer.from(diskName(` ${path}/`));
    const first = this.bytes.indexOf(text);
    if (first === -1) return undefined;
    return { first: lineOf(this.ends, first), last: lineOf(this.ends, this.bytes.lastIndexOf(text)) };
  }

  /** Whether a line is, byte for byte, that of another listing. */
  isSame(line: number, other: Listing, otherLine: number): boolean {
    const [from, to] = [this.startOf(line), this.startOf(line + 1)];
    const [start, end] = [other.startOf(otherLine), other.startOf(otherLine + 1)];
    return to - from === end - start && other.bytes.compare(this.bytes, from, to, start, end) === 0;
  }

  private get ends(): Uint32Array {
    this.knownEnds ??= listingEnds(this.bytes);
    return this.knownEnds;
  }

  private startOf(line: number): number {
    return line === 0 ? 0 : (this.ends[line - 1] as number);
  }
}

const fileLetter = "f".charCodeAt(0);
const space = " ".charCodeAt(0);
const fieldsBeforePath = 5;
