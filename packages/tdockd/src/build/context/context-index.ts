import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What is kept of a file: its size and stamp at the client, the digest of its bytes, the name they lie under. */
export type KnownFile = readonly [size: number, stamp: string, digest: string, name: string];

/** What is kept of a context: the listing it was last built from, and its files by path. */
export interface ContextIndex {
  /** SHA-256 of the listing; "" when a file in it may have changed again since. */
  readonly listing: string;
  readonly files: readonly (readonly [string, KnownFile])[];
}

/** Of a context that nothing is known of. */
export const emptyIndex: ContextIndex = { listing: "", files: [] };

/** What is kept of the context in `folder`. */
export async function readIndex(folder: string): Promise<ContextIndex> {
  try {
    return JSON.parse(await readFile(join(folder, "index.json"), "utf8")) as ContextIndex;
  } catch {
    return emptyIndex; // missing or damaged: everything is sent again
  }
}
