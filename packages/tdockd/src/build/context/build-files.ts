import type { LoadedContext } from "./loaded-context.ts";
import type { ContextTexts } from "./visible-context.ts";

/** What a build is made from. */
export interface BuildFiles {
  readonly texts: ContextTexts;
  /** The context without what is ignored; loaded when the first step needs it, if it was not before. */
  context(): Promise<LoadedContext>;
}
