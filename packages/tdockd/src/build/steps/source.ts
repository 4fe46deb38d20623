import type { FileTree } from "../tree/file-tree.ts";

/** Where a step reads files from, once it is there. */
export type Source =
  /** A context: its files lie below `folder`, which is ours alone. */
  | { readonly kind: "tree"; readonly tree: FileTree; readonly folder: string }
  /** The root of a stage or image; "" is an empty one. */
  | { readonly kind: "snapshot"; readonly snapshot: string };
