import { endpoint, reply } from "./endpoint.ts";
import { bool, int } from "./query.ts";

export type FreedKind = "download" | "build-cache" | "dangling-image" | "image";

/** Something that was removed to make room, or would be. */
export interface Freed {
  readonly Kind: FreedKind;
  readonly Id: string;
  /** An image's tags, a build step's instruction. */
  readonly Name: string;
  /** RFC 3339. */
  readonly LastUsedAt: string;
  /** What its removal frees, after those listed before it. */
  readonly Bytes: number;
}

export interface FreeReport {
  readonly Removed: readonly Freed[];
  readonly FreedBytes: number;
  /** How many images and build steps were left alone, and why. */
  readonly Spared: { readonly InUse: number; readonly Pinned: number; readonly Recent: number };
}

/**
 * Frees at least `bytes`, if so much can be freed: layers whose download broke off, build cache, images without a tag, unused images, each the longest
 * unused first. What was used in the last `keepusedin` seconds stays; with `dryrun` all stays. Not Docker's.
 */
export const systemFree = endpoint({
  kind: "json",
  method: "POST",
  path: "/system/free",
  query: { bytes: int, keepusedin: int, dryrun: bool },
  reply: reply<FreeReport>(),
  status: 200,
});
