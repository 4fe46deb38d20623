import { digestOf } from "../registry/digest.ts";
import { type ImageManifest, type ManifestDocument, parseManifest } from "../registry/manifest.ts";
import { ociConfigType, ociManifestType } from "../registry/media-type.ts";
import type { FetchedDocument } from "../registry/resolve.ts";
import type { BlobReference } from "./image.ts";

const dockerTypes: Readonly<Record<string, string>> = {
  "application/vnd.docker.image.rootfs.diff.tar": "application/vnd.oci.image.layer.v1.tar",
  "application/vnd.docker.image.rootfs.diff.tar.gzip": "application/vnd.oci.image.layer.v1.tar+gzip",
  "application/vnd.docker.image.rootfs.diff.tar.zstd": "application/vnd.oci.image.layer.v1.tar+zstd",
};

/** The OCI manifest of an image that is made here, from its configuration and its layers, bottom first. */
export function newManifest(
  configBytes: Buffer,
  layers: readonly BlobReference[],
): FetchedDocument<ImageManifest & ManifestDocument> {
  const config = { mediaType: ociConfigType, digest: digestOf(configBytes), size: configBytes.length };
  const listed = layers.map(({ mediaType, digest, size }) => ({ mediaType: ociType(mediaType), digest, size }));
  const value = { schemaVersion: 2, mediaType: ociManifestType, config, layers: listed };
  const bytes = Buffer.from(JSON.stringify(value));
  const descriptor = { mediaType: ociManifestType, digest: digestOf(bytes), size: bytes.length };
  return { descriptor, bytes, document: parseManifest(bytes, ociManifestType) as ImageManifest & ManifestDocument };
}

/** The same bytes under OCI's name for them: a manifest should speak one language. */
function ociType(mediaType: string): string {
  return dockerTypes[mediaType] ?? mediaType;
}
