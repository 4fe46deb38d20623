import { digestOf } from "../registry/digest.ts";
import { type ImageIndex, type ManifestDocument, parseManifest } from "../registry/manifest.ts";
import { ociIndexType } from "../registry/media-type.ts";
import { type Platform, plainPlatform } from "../registry/platform.ts";
import type { FetchedDocument } from "../registry/resolve.ts";
import type { BlobReference } from "./image.ts";

/** An image of an index that is made here. */
export interface IndexMember {
  readonly manifest: BlobReference;
  readonly platform: Platform;
}

/** The OCI index over images of several platforms, in the order that they are given in. */
export function newIndex(members: readonly IndexMember[]): FetchedDocument<ImageIndex & ManifestDocument> {
  const manifests = members.map(({ manifest: { mediaType, digest, size }, platform }) => {
    const { os, architecture, variant } = plainPlatform(platform);
    return { mediaType, digest, size, platform: { architecture, os, ...(variant !== undefined && { variant }) } };
  });
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: ociIndexType, manifests }));
  const descriptor = { mediaType: ociIndexType, digest: digestOf(bytes), size: bytes.length };
  return { descriptor, bytes, document: parseManifest(bytes, ociIndexType) as ImageIndex & ManifestDocument };
}
