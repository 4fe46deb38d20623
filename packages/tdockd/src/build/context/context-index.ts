import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../../host/atomic-file.ts";
import { FileRecords } from "./file-records.ts";
import { Listing } from "./listing.ts";

/** What is kept of a context: the listing it was last built from, and where its files' bytes are. */
export interface ContextIndex {
  readonly listing: Listing;
  readonly files: FileRecords;
}

/** Of a context that nothing is known of. */
export const emptyIndex: ContextIndex = {
  listing: new Listing(Buffer.alloc(0)),
  files: new FileRecords(Buffer.alloc(0), 0),
};

/** Begins the file's first line; then come the number of lines, and the lengths of both texts. */
const version = "tdock context 3";

/** What is kept of the context in `folder`. */
export async function readIndex(folder: string): Promise<ContextIndex> {
  try {
    return decodeIndex(await readFile(indexPath(folder)));
  } catch {
    return emptyIndex; // missing or damaged: everything is sent again
  }
}

export async function writeIndex(folder: string, { listing, files }: ContextIndex): Promise<void> {
  const head = `${version} ${listing.count} ${listing.bytes.length} ${files.bytes.length}\n`;
  await writeFileAtomic(indexPath(folder), [Buffer.from(head), listing.bytes, files.bytes], { durable: false });
}

/** Where a context's index lies. */
export function indexPath(folder: string): string {
  return join(folder, "index");
}

function decodeIndex(bytes: Buffer): ContextIndex {
  const begin = bytes.indexOf("\n") + 1;
  const head = bytes.toString("latin1", 0, begin);
  if (!head.startsWith(version)) throw new SyntaxError("not an index of a build context");
  const [count, listed, recorded] = head.slice(version.length).trim().split(" ").map(Number);
  const middle = begin + (listed ?? 0);
  if (middle + (recorded ?? 0) !== bytes.length) throw new SyntaxError("an index of a build context that is cut off");
  const listing = new Listing(bytes.subarray(begin, middle));
  return { listing, files: new FileRecords(bytes.subarray(middle), count ?? 0) };
}
