import type { LayerInfo } from "../cache/step-record.ts";
import type { CopyFiles } from "./copy-files.ts";

/** A file system of the build: one that is there, or one that will be made when it is asked for. */
export interface Ref {
  /** What it is made from; equal keys mean equal contents. */
  readonly key: string;
  /** Name of its committed snapshot, "" for an empty root. Makes it if need be. */
  snapshot(): Promise<string>;
  /** Its layers from the bottom. */
  layers(): Promise<readonly LayerInfo[]>;
  /** When its last step was carried out, as in the image's history; `undefined` for what stands at the bottom. */
  createdAt(): Promise<string | undefined>;
  /** What COPY and ADD put into it, and into what is below, as far as it was built. */
  readonly copied: readonly CopyFiles[];
  /** Names what is in it, other than the key: a step that is carried out again may give something else. */
  readonly contents: string | undefined;
  /** Its layers, where they are known without making anything. */
  readonly knownLayers: readonly LayerInfo[] | undefined;
  /** It takes the place of an earlier result: what stood on that does not stand on it. */
  readonly isAnew: boolean;
}

/** The root that holds nothing. */
export const emptyRef: Ref = {
  key: "empty",
  snapshot: async () => "",
  layers: async () => [],
  createdAt: async () => undefined,
  copied: [],
  contents: "empty",
  knownLayers: [],
  isAnew: false,
};

/** Runs `work` when first asked, then keeps its promise. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

/** Starts work whose result, or failure, is asked for later. */
export function startEarly(work: Promise<unknown>): void {
  work.catch(() => {});
}
