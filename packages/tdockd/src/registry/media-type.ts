export const ociIndexType = "application/vnd.oci.image.index.v1+json";
export const dockerListType = "application/vnd.docker.distribution.manifest.list.v2+json";
export const ociManifestType = "application/vnd.oci.image.manifest.v1+json";
export const dockerManifestType = "application/vnd.docker.distribution.manifest.v2+json";
export const ociConfigType = "application/vnd.oci.image.config.v1+json";
export const dockerConfigType = "application/vnd.docker.container.image.v1+json";
export const ociLayerType = "application/vnd.oci.image.layer.v1.tar";
export const dockerLayerType = "application/vnd.docker.image.rootfs.diff.tar.gzip";

/** The `Accept` header for anything that a reference may name. */
export const manifestAccept = [ociIndexType, dockerListType, ociManifestType, dockerManifestType].join(", ");

export type Compression = "none" | "gzip" | "zstd";

export function isIndexType(mediaType: string): boolean {
  return mediaType === ociIndexType || mediaType === dockerListType;
}

export function isManifestType(mediaType: string): boolean {
  return mediaType === ociManifestType || mediaType === dockerManifestType;
}

export function isConfigType(mediaType: string): boolean {
  return mediaType === ociConfigType || mediaType === dockerConfigType;
}

const layerCompressions: Readonly<Record<string, Compression>> = {
  [ociLayerType]: "none",
  [`${ociLayerType}+gzip`]: "gzip",
  [`${ociLayerType}+zstd`]: "zstd",
  "application/vnd.oci.image.layer.nondistributable.v1.tar": "none",
  "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip": "gzip",
  "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd": "zstd",
  "application/vnd.docker.image.rootfs.diff.tar": "none",
  [dockerLayerType]: "gzip",
  "application/vnd.docker.image.rootfs.diff.tar.zstd": "zstd",
  "application/vnd.docker.image.rootfs.foreign.diff.tar": "none",
  "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip": "gzip",
};

/** How a layer of this media type is compressed; undefined when it is no layer that this engine can unpack. */
export function layerCompression(mediaType: string): Compression | undefined {
  return Object.hasOwn(layerCompressions, mediaType) ? layerCompressions[mediaType] : undefined;
}

/** Whether the layer's licence keeps it from being pushed: registries refer to it by `urls` instead. */
export function isForeignLayer(mediaType: string): boolean {
  return mediaType.includes(".foreign.") || mediaType.includes(".nondistributable.");
}

/** A Content-Type without its parameters, in lower case. */
export function bareMediaType(contentType: string | string[] | undefined): string | undefined {
  const text = Array.isArray(contentType) ? contentType[0] : contentType;
  return text?.split(";", 1)[0]?.trim().toLowerCase() || undefined;
}
