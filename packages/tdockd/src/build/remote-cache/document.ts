import { TdockError } from "@tdock/errors/error";
import * as v from "valibot";
import { isDigest } from "../../registry/digest.ts";

/** Media type of the configuration that makes a manifest a build cache of this engine. */
export const cacheConfigType = "application/vnd.tdock.build.cache.v1+json";
/** Member of an image's configuration that holds the same for the image's own layers. */
export const inlineMember = "tdock.build.cache.v1";

/** Longest such document that is read. */
export const cacheLimitBytes = 16 * 1024 * 1024;

const digest = v.pipe(v.string(), v.check(isDigest, "not a digest"));
const layer = v.object({
  diffId: digest,
  mediaType: v.string(),
  digest,
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
const step = v.object({
  key: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  createdAt: v.pipe(v.string(), v.isoTimestamp()),
  layer,
});
const mount = v.object({ name: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)), description: v.string(), layer });
const cache = v.object({ steps: v.array(step), mounts: v.optional(v.array(mount), []) });

/** The result of a step: the layer that it put over the one before it. */
export type CachedStep = v.InferOutput<typeof step>;
/** What a cache mount held. */
export type CachedMount = v.InferOutput<typeof mount>;
export type CacheDocument = v.InferOutput<typeof cache>;

/** Reads what another engine wrote. Throws `invalid-argument`. */
export function parseCache(value: unknown): CacheDocument {
  const result = v.safeParse(cache, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new TdockError("invalid-argument", `damaged build cache: ${v.getDotPath(issue) ?? "it"}: ${issue.message}`);
}
