import type { LoadedContext } from "../context/loaded-context.ts";

/** Where a step reads files from, once it is there. */
export type Source =
  /** A context: the bytes of its files lie below `folder`, which is ours alone. */
  | ({ readonly kind: "tree" } & LoadedContext)
  /** The root of a stage or image; "" is an empty one. */
  | { readonly kind: "snapshot"; readonly snapshot: string };
