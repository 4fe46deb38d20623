import { isError, TdockError } from "@tdock/errors/error";
import { digestOf, isDigest, matchesDigest } from "./digest.ts";
import { discardBody, readBody } from "./exchange.ts";
import {
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  type ManifestDocument,
  manifestLimitBytes,
  manifestsFor,
  parseManifest,
} from "./manifest.ts";
import { bareMediaType, manifestAccept } from "./media-type.ts";
import { formatPlatform, type Platform } from "./platform.ts";
import { callRegistry, type HostResponse, pullScope } from "./request.ts";
import type { RegistrySession } from "./session.ts";

/** A verified manifest or index: its bytes are those that `descriptor.digest` names. */
export interface FetchedDocument<D extends ManifestDocument = ManifestDocument> {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
  readonly document: D;
}

/** What a reference stands for on one platform. */
export interface ResolvedImage {
  /** What the tag or digest names: the index if there is one, else the manifest. */
  readonly target: FetchedDocument;
  /** From the outermost index inwards; empty when the reference names a manifest. */
  readonly indexes: readonly FetchedDocument<ImageIndex & ManifestDocument>[];
  readonly manifest: FetchedDocument<ImageManifest & ManifestDocument>;
}

const maxIndexDepth = 4;

/**
 * Reads what a tag or digest names and, through indexes, the manifest for `platform`. Everything is verified: by the
 * digest asked for, else by the one the registry states. Throws as {@link callRegistry}, `invalid-argument` for
 * documents that lie or nest too deep, `not-found` (reason `no-platform`) when no manifest serves the platform.
 */
export async function resolveImage(
  session: RegistrySession,
  repository: string,
  reference: string,
  platform: Platform,
  signal: AbortSignal,
): Promise<ResolvedImage> {
  const target = await fetchManifest(session, repository, reference, signal);
  const indexes: FetchedDocument<ImageIndex & ManifestDocument>[] = [];
  let current = target;
  while (isIndexDocument(current)) {
    indexes.push(current);
    if (indexes.length >= maxIndexDepth) throw new TdockError("invalid-argument", "invalid manifest: nested too deep");
    const [best] = manifestsFor(current.document, platform);
    if (best === undefined) throw noPlatform(platform);
    if (indexes.some(({ descriptor }) => descriptor.digest === best.digest)) {
      throw new TdockError("invalid-argument", "invalid manifest: an index contains itself");
    }
    current = await fetchDescribed(session, repository, best, signal);
  }
  return { target, indexes, manifest: current as FetchedDocument<ImageManifest & ManifestDocument> };
}

/** Reads and verifies one manifest or index by tag or digest. */
export async function fetchManifest(
  session: RegistrySession,
  repository: string,
  reference: string,
  signal: AbortSignal,
): Promise<FetchedDocument> {
  const response = await callRegistry(session, manifestCall("GET", repository, reference, signal));
  const bytes = await readBody(response, manifestLimitBytes);
  checkBytes(bytes, reference, response);
  const document = parseManifest(bytes, bareMediaType(response.headers["content-type"]));
  const digest = isDigest(reference) ? reference : digestOf(bytes);
  return { descriptor: { mediaType: document.knownAs, digest, size: bytes.length }, bytes, document };
}

/**
 * The digest that a tag has in the registry now, by HEAD, which rate limits do not count; undefined when the registry
 * does not say. Not verified: fit for comparing, not for trusting.
 */
export async function headDigest(
  session: RegistrySession,
  repository: string,
  reference: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const response = await callRegistry(session, manifestCall("HEAD", repository, reference, signal));
    discardBody(response);
    const digest = response.headers["docker-content-digest"];
    return typeof digest === "string" && isDigest(digest) ? digest : undefined;
  } catch (thrown) {
    if (isError(thrown, "invalid-argument")) return undefined;
    throw thrown;
  }
}

/** Reads and verifies what an index describes. Throws `invalid-argument` when it is something else. */
export async function fetchDescribed(
  session: RegistrySession,
  repository: string,
  expected: Descriptor,
  signal: AbortSignal,
): Promise<FetchedDocument> {
  const fetched = await fetchManifest(session, repository, expected.digest, signal);
  if (fetched.bytes.length !== expected.size || fetched.document.knownAs !== expected.mediaType) {
    throw new TdockError("invalid-argument", `invalid manifest: ${expected.digest} is not what its index describes`);
  }
  return { ...fetched, descriptor: expected };
}

function manifestCall(method: "GET" | "HEAD", repository: string, reference: string, signal: AbortSignal) {
  return {
    capability: isDigest(reference) ? "pull" : "resolve",
    method,
    path: `/${repository}/manifests/${reference}`,
    scopes: [pullScope(repository)],
    headers: { accept: manifestAccept },
    signal,
  } as const;
}

function checkBytes(bytes: Buffer, reference: string, { headers }: HostResponse): void {
  const stated = headers["docker-content-digest"];
  for (const digest of [isDigest(reference) ? reference : undefined, stated]) {
    if (digest === undefined) continue;
    if (typeof digest !== "string" || !isDigest(digest)) {
      throw new TdockError("invalid-argument", "the registry states a malformed digest");
    }
    if (!matchesDigest(bytes, digest)) {
      throw new TdockError("invalid-argument", `manifest verification failed for digest ${digest}`, {
        reason: "wrong-digest",
      });
    }
  }
}

function isIndexDocument(fetched: FetchedDocument): fetched is FetchedDocument<ImageIndex & ManifestDocument> {
  return fetched.document.kind === "index";
}

function noPlatform(platform: Platform): TdockError {
  return new TdockError(
    "not-found",
    `no matching manifest for ${formatPlatform(platform)} in the manifest list entries`,
    {
      reason: "no-platform",
    },
  );
}
