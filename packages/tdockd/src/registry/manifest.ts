import { TdockError } from "@tdock/errors/error";
import * as v from "valibot";
import { isDigest } from "./digest.ts";
import { isIndexType, isManifestType, ociIndexType, ociManifestType } from "./media-type.ts";
import { type Platform, platformScore } from "./platform.ts";

/** Longest manifest or index that is read: 4 MiB, as the distribution specification asks for at least. */
export const manifestLimitBytes = 4 * 1024 * 1024;

const maxLayers = 500;
const maxManifests = 1000;

const digest = v.pipe(v.string(), v.check(isDigest, "not a sha256 or sha512 digest"));
const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const platform = v.object({
  os: v.string(),
  architecture: v.string(),
  variant: v.optional(v.string()),
  "os.version": v.optional(v.string()),
});

const descriptor = v.object({
  mediaType: v.string(),
  digest,
  size,
  urls: v.optional(v.array(v.string())),
  annotations: v.optional(v.record(v.string(), v.string())),
  platform: v.optional(platform),
  artifactType: v.optional(v.string()),
});

const manifestSchema = v.object({
  schemaVersion: v.literal(2),
  mediaType: v.optional(v.string()),
  config: descriptor,
  layers: v.array(descriptor),
  annotations: v.optional(v.record(v.string(), v.string())),
});
const indexSchema = v.object({
  schemaVersion: v.literal(2),
  mediaType: v.optional(v.string()),
  manifests: v.array(descriptor),
  annotations: v.optional(v.record(v.string(), v.string())),
});

/** A reference to a blob by content. Follows https://github.com/opencontainers/image-spec/blob/main/descriptor.md. */
export type Descriptor = v.InferOutput<typeof descriptor>;
export type ImageManifest = v.InferOutput<typeof manifestSchema> & { readonly kind: "manifest" };
export type ImageIndex = v.InferOutput<typeof indexSchema> & { readonly kind: "index" };

/** What a manifest blob says, and the media type it is to be known by. */
export type ManifestDocument = (ImageManifest | ImageIndex) & { readonly knownAs: string };

/**
 * Reads a manifest or an index. `contentType` is what its bearer called it: when it names a manifest type, the
 * document must agree. A document that could be taken for both is refused (CVE-2021-41190), and an index with more than
 * `most` manifests. Throws `invalid-argument`.
 */
export function parseManifest(
  bytes: Uint8Array,
  contentType: string | undefined,
  most = maxManifests,
): ManifestDocument {
  const value = parseObject(bytes);
  const isIndex = Object.hasOwn(value, "manifests");
  const isManifest = Object.hasOwn(value, "layers") || Object.hasOwn(value, "config");
  if (isIndex && isManifest) throw refused("it is both an index and a manifest");
  if (value.schemaVersion === 1) throw refused("schema version 1 is obsolete and not supported");
  const knownAs = mediaTypeOf(value.mediaType, contentType, isIndex);
  return isIndex
    ? { ...checkManifests(parse(indexSchema, value), most), kind: "index", knownAs }
    : { ...checkLayers(parse(manifestSchema, value)), kind: "manifest", knownAs };
}

/** The manifests of an index that serve a platform, best first, attestations and the like left out. */
export function manifestsFor(index: ImageIndex, wanted: Platform): readonly Descriptor[] {
  return index.manifests
    .filter(({ mediaType }) => isManifestType(mediaType) || isIndexType(mediaType))
    .filter(({ annotations }) => annotations?.["vnd.docker.reference.type"] === undefined)
    .map((candidate) => ({
      candidate,
      score: candidate.platform === undefined ? 1 : platformScore(wanted, candidate.platform as Platform),
    }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .map(({ candidate }) => candidate);
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TdockError("invalid-argument", "invalid manifest: not JSON", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refused("not a JSON object");
  return value as Record<string, unknown>;
}

function mediaTypeOf(inside: unknown, outside: string | undefined, isIndex: boolean): string {
  const isRightType = isIndex ? isIndexType : isManifestType;
  const isKnownType = (type: string) => isIndexType(type) || isManifestType(type);
  if (inside !== undefined && (typeof inside !== "string" || !isRightType(inside))) {
    throw refused(`unsupported media type ${JSON.stringify(inside).slice(0, 100)}`);
  }
  if (outside !== undefined && isKnownType(outside)) {
    if (!isRightType(outside) || (inside !== undefined && inside !== outside)) {
      throw refused(`served as ${outside}, but it says that it is ${inside ?? "something else"}`);
    }
    return outside;
  }
  return inside ?? (isIndex ? ociIndexType : ociManifestType);
}

function parse<const S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw refused(`${v.getDotPath(issue) ?? "document"}: ${issue.message.slice(0, 200)}`);
}

function checkLayers<M extends { readonly layers: readonly unknown[] }>(manifest: M): M {
  if (manifest.layers.length > maxLayers) throw refused(`more than ${maxLayers} layers`);
  return manifest;
}

function checkManifests<I extends { readonly manifests: readonly unknown[] }>(index: I, most: number): I {
  if (index.manifests.length > most) throw refused(`more than ${most} manifests`);
  return index;
}

function refused(why: string): TdockError {
  return new TdockError("invalid-argument", `invalid manifest: ${why}`);
}
