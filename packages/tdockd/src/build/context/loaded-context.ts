import type { SourceTree } from "../tree/entry.ts";

/** The files of a context, and the folder of ours that holds their bytes. */
export interface LoadedContext {
  /** Equal identities mean equal files; `undefined` when that cannot be told without looking at them. */
  readonly identity: string | undefined;
  readonly folder: string;
  /** Reads names and metadata; only what is not cached needs them. */
  tree(): Promise<SourceTree>;
  /** At least what these paths lead to and all below it; what else there is may be missing. */
  part(paths: readonly string[]): LoadedContext;
}
