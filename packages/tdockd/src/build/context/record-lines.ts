import { encodeFileRecord, FileRecords, type KeptFile, longestRecord } from "./file-records.ts";
import { noLine } from "./known-lines.ts";
import type { Listing } from "./listing.ts";

/** What is known of the files of a listing. */
export interface KnownFiles {
  readonly listing: Listing;
  /** Earlier records, and for each line of the listing the line of them that holds for it. */
  readonly before: FileRecords;
  readonly known: Int32Array;
  /** Files that have come since, by line; `undefined` for one that is not to be kept. */
  readonly received: ReceivedRecords;
}

/** What has come, by line. */
type ReceivedRecords = Pick<ReadonlyMap<number, KeptFile | undefined>, "get" | "has">;

/** The records that belong to a listing. What is as before is taken over in one piece. */
export function recordLines({ listing, before, known, received }: KnownFiles): FileRecords {
  const bytes = Buffer.allocUnsafe(before.bytes.length + listing.count * longestRecord); // what stays empty takes none
  let length = 0;
  for (let line = 0; line < listing.count; ) {
    const end = endOfRun(known, received, line);
    if (end > line) {
      const first = known[line] as number;
      length += before.slice(first, first + end - line).copy(bytes, length);
      line = end;
    } else {
      length += bytes.write(listing.isFile(line) ? encodeFileRecord(received.get(line)) : "\n", length, "latin1");
      line++;
    }
  }
  return new FileRecords(bytes.subarray(0, length), listing.count);
}

/** The same records without those of some lines, whose files are not to be kept. */
export function withoutRecords(listing: Listing, before: FileRecords, lines: ReadonlySet<number>): FileRecords {
  if (lines.size === 0) return before;
  const known = Int32Array.from({ length: listing.count }, (_, line) => line);
  return recordLines({ listing, before, known, received: new Map([...lines].map((line) => [line, undefined])) });
}

/** Up to where lines follow each other as their records do. */
function endOfRun(known: Int32Array, received: KnownFiles["received"], from: number): number {
  let line = from;
  while (line < known.length && isNext(known, from, line) && !received.has(line)) line++;
  return line;
}

function isNext(known: Int32Array, from: number, line: number): boolean {
  return known[from] !== noLine && known[line] === (known[from] as number) + line - from;
}

/** The names of files that were kept and that no line takes over. */
export function droppedNames(before: FileRecords, known: Int32Array): string[] {
  const taken = new Uint8Array(before.count);
  for (const line of known) if (line !== noLine) taken[line] = 1;
  const names: string[] = [];
  for (const [line, isTaken] of taken.entries()) {
    const file = isTaken === 1 ? undefined : before.get(line);
    if (file !== undefined) names.push(file.name);
  }
  return names;
}
