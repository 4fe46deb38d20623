import type { FileList } from "../cache/file-list.ts";
import type { Selected } from "../copy/select.ts";

/** The files that a COPY or ADD copies, as its key needs them. */
export interface CopyFiles {
  readonly digest: string;
  /** One line a file, for the explanation of a miss; `undefined` when only the digest was remembered. */
  readonly list: FileList | undefined;
  readonly fetched: readonly Selected[];
  /** Folder for what belongs to this step. */
  readonly scratch: string;
}
