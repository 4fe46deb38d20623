import { TdockError } from "@tdock/errors/error";
import * as v from "valibot";
import type { BlobReference } from "../../images/image.ts";
import { type CacheDocument, inlineMember, parseCache } from "./document.ts";

const image = v.object({
  rootfs: v.object({ diff_ids: v.array(v.string()) }),
  [inlineMember]: v.optional(
    v.array(
      v.object({ key: v.string(), createdAt: v.string(), layer: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
    ),
  ),
});

/** Which of an image's own layers, counted from 0, is the result of which step. */
export type InlineCache = readonly { readonly key: string; readonly createdAt: string; readonly layer: number }[];

/** Reads the cache inside an image's configuration. Throws `invalid-argument`, also when there is none. */
export function parseInlineCache(config: unknown, layers: readonly BlobReference[]): CacheDocument {
  const { success, output } = v.safeParse(image, config);
  if (!success) throw new TdockError("invalid-argument", "it is neither a build cache nor an image");
  const steps = output[inlineMember];
  if (steps === undefined)
    throw new TdockError("invalid-argument", "the image has no build cache of this engine inside");
  return parseCache({
    steps: steps.map(({ key, createdAt, layer }) => ({
      key,
      createdAt,
      layer: { ...layers[layer], diffId: output.rootfs.diff_ids[layer] },
    })),
  });
}
