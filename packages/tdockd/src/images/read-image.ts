import { isError, TdockError } from "@tdock/errors/error";
import {
  type ImageIndex,
  type ManifestDocument,
  manifestLimitBytes,
  manifestsFor,
  parseManifest,
} from "../registry/manifest.ts";
import { isIndexType } from "../registry/media-type.ts";
import { formatPlatform, type Platform, platformScore } from "../registry/platform.ts";
import type { BlobStore } from "./blob-store.ts";
import { chainIdsOf } from "./chain-id.ts";
import type { BlobReference, ImageRecord, Target } from "./image.ts";
import { configLimitBytes, parseImageConfig } from "./image-config.ts";

/** An image without its names, which change while it does not. */
export type UnnamedImage = Omit<ImageRecord, "names" | "pinnedNames" | "repoTags" | "repoDigests">;

/**
 * Reads from the content store what `target` is for `platform`; with `acceptsOther`, for want of that, any platform
 * that is here. Throws `not-found` when nothing of it is here, `invalid-argument` for content that is no image.
 */
export async function readImage(
  blobs: BlobStore,
  target: Target,
  platform: Platform,
  acceptsOther: boolean,
): Promise<UnnamedImage> {
  const candidates = await manifestCandidates(blobs, target, platform, acceptsOther);
  for (const candidate of candidates) {
    const image = await readManifest(blobs, target, candidate);
    if (image !== undefined && (acceptsOther || isFor(platform, target, image))) return image;
  }
  throw new TdockError("not-found", `no image for ${formatPlatform(platform)} is here`, { reason: "no-platform" });
}

/** An index says what its manifests are for; a manifest of its own has only its configuration to say so. */
function isFor(platform: Platform, target: Target, { os, architecture, variant }: UnnamedImage): boolean {
  if (isIndexType(target.mediaType)) return true;
  return platformScore(platform, { os, architecture, ...(variant !== undefined && { variant }) }) > 0;
}

/** The manifests to try, best first, indexes inside indexes opened; nothing twice, however often it is named. */
async function manifestCandidates(
  blobs: BlobStore,
  target: BlobReference,
  platform: Platform,
  acceptsOther: boolean,
  seen = new Set<string>(),
): Promise<BlobReference[]> {
  const { mediaType, digest, size } = target;
  if (seen.has(digest)) return [];
  seen.add(digest);
  if (!isIndexType(mediaType)) return [{ mediaType, digest, size }];
  const index = await readDocument(blobs, target);
  if (index?.kind !== "index") return [];
  const wanted = manifestsFor(index, platform);
  const others = acceptsOther ? index.manifests.filter((other) => !wanted.includes(other) && isImage(other)) : [];
  const found: BlobReference[] = [];
  for (const one of [...wanted, ...others]) {
    found.push(...(await manifestCandidates(blobs, one, platform, acceptsOther, seen)));
  }
  return found;
}

function isImage({ annotations }: ImageIndex["manifests"][number]): boolean {
  return annotations?.["vnd.docker.reference.type"] === undefined;
}

async function readDocument(
  blobs: BlobStore,
  { digest, mediaType }: BlobReference,
): Promise<ManifestDocument | undefined> {
  try {
    return parseManifest(await blobs.read(digest, manifestLimitBytes), mediaType);
  } catch (thrown) {
    if (isError(thrown, "not-found")) return undefined;
    throw thrown;
  }
}

async function readManifest(blobs: BlobStore, target: Target, found: BlobReference): Promise<UnnamedImage | undefined> {
  const manifest = await readDocument(blobs, found);
  if (manifest?.kind !== "manifest") return undefined;
  const { config, layers, annotations } = manifest;
  const bytes = await blobs.read(config.digest, configLimitBytes).catch((thrown) => {
    if (isError(thrown, "not-found")) return undefined;
    throw thrown;
  });
  if (bytes === undefined) return undefined;
  const file = parseImageConfig(bytes);
  const diffIds = file.rootfs.diff_ids;
  return {
    id: config.digest,
    target,
    manifestBlob: found,
    manifest: { config, layers, annotations },
    config: file.config ?? {},
    diffIds,
    chainId: chainIdsOf(diffIds).at(-1) ?? "",
    os: file.os,
    architecture: file.architecture,
    variant: file.variant ?? undefined,
    osVersion: file["os.version"] ?? undefined,
    author: file.author ?? undefined,
    createdAt: isDate(file.created) ? file.created : undefined,
    history: file.history ?? [],
    contentBytes: [found, config, ...layers].reduce((sum, { size }) => sum + size, 0),
  };
}

function isDate(text: string | null | undefined): text is string {
  return text != null && !Number.isNaN(Date.parse(text));
}
