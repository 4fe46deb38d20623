import type { KeptFile } from "./file-records.ts";
import type { Listing } from "./listing.ts";

/** A file whose bytes are there, and how many they are when that is not what was listed. */
export type FileAtHand = KeptFile & { readonly size?: number };

/** A listing whose files are at hand. */
export interface ListedFiles {
  readonly listing: Listing;
  /** The file of this line. */
  fileAt(line: number): FileAtHand | undefined;
  /** Lines of files whose listing does not tell whether they have changed. */
  readonly unsettled: ReadonlySet<number>;
  /** Holds the files' bytes. */
  readonly folder: string;
}
