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
  files: new FileRecords(Buffer.alloc(0)),
};

/** The file's first line; the lengths of both texts follow it. */
const version = "tdock context 2";

/** What is kept of the context in `folder`. */
export async function readIndex(folder: string): Promise<ContextIndex> {
  try {
    return decodeIndex(await readFile(indexPath(folder)));
  } catch {
    return emptyIndex; // missing or damaged: everything is sent again
  }
}

export async function writeIndex(folder: string, { listing, files }: ContextIndex): Promise<void> {
  const head = `${version} ${listing.bytes.length} ${files.bytes.length}\n`;
  const bytes = Buffer.concat([Buffer.from(head), listing.bytes, files.bytes]);
  await writeFileAtomic(indexPath(folder), bytes, { durable: false });
}

/** Where a context's index lies. */
export function indexPath(folder: string): string {
  return join(folder, "index");
}

function decodeIndex(bytes: Buffer): ContextIndex {
  const begin = bytes.indexOf("\n") + 1;
  const head = bytes.toString("latin1", 0, begin);
  const [, listed, recorded] = /^tdock context 2 (\d+) (\d+)\n$/.exec(head) ?? [];
  const middle = begin + Number(listed);
  if (middle + Number(recorded) !== bytes.length) throw new SyntaxError("not an index of a build context");
  const listing = new Listing(bytes.subarray(begin, middle));
  const files = new FileRecords(bytes.subarray(middle));
  if (listing.count !== files.count) throw new SyntaxError("an index of a build context that does not fit together");
  return { listing, files };
}
