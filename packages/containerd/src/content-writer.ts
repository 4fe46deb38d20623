import type { Labels } from "./labels.ts";

/** An open ingest. Disposing of it keeps what was written, for another try with the same `ref`. */
export interface ContentWriter extends AsyncDisposable {
  /** Bytes that were written, with those that were there when it was opened: where to go on. */
  readonly offset: number;
  /** The bytes that were there when it was opened. */
  readBack(): AsyncIterable<Uint8Array>;
  /** Appends. The chunk must not be changed afterwards; the promise resolves when there is room for more. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Makes the ingest content, durably, once containerd has verified it. `invalid-argument` with the reason
   * `content-mismatch` when digest or size are not what was announced: the ingest is kept then, to be aborted.
   */
  commit(labels?: Labels): Promise<void>;
}
