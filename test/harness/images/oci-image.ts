import { createHash } from "node:crypto";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { type TarEntry, tarOf } from "./tar-layer.ts";

/** Bytes with the descriptor that names them. */
export interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly content: Buffer;
}

/** A layer: its blob, and the digest of its tar before compression. */
export interface Layer extends Blob {
  readonly diffId: string;
}

/** An image for one platform: what a registry holds of it. */
export interface OciImage {
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layers: readonly Layer[];
  readonly platform: Platform;
}

/** Which machines an image is for. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** What an image is made of. */
export interface ImageSpec {
  readonly layers: readonly Layer[];
  /** The `config` object of the image configuration: Cmd, Env, … */
  readonly config?: object;
  readonly platform?: Platform;
  /** Docker's media types in place of OCI's. */
  readonly docker?: boolean;
}

/** How a layer's blob is compressed. */
export type Compression = "gzip" | "zstd" | "none";

const oci = "application/vnd.oci.image";
const docker = "application/vnd.docker";

/** The platform of this machine in OCI's words. */
export const machinePlatform: Platform = { os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch };

/** The digest by which `content` is known. */
export function digestOf(content: Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** A blob of `content`. */
export function blobOf(mediaType: string, content: Buffer): Blob {
  return { mediaType, content, digest: digestOf(content), size: content.length };
}

/** A blob of `value` as JSON. */
export function jsonBlob(mediaType: string, value: object): Blob {
  return blobOf(mediaType, Buffer.from(JSON.stringify(value)));
}

/** The part of a blob that a manifest holds. */
export function descriptorOf({ mediaType, digest, size }: Blob): Pick<Blob, "mediaType" | "digest" | "size"> {
  return { mediaType, digest, size };
}

/** A layer of `entries`. */
export async function layerOf(entries: Iterable<TarEntry>, compression: Compression = "gzip"): Promise<Layer> {
  return compressLayer(await tarOf(entries), compression);
}

/** A layer whose tar is `tar`. */
export function compressLayer(tar: Buffer, compression: Compression = "gzip"): Layer {
  const content = compression === "gzip" ? gzipSync(tar) : compression === "zstd" ? zstdCompressSync(tar) : tar;
  const mediaType = `${oci}.layer.v1.tar${compression === "none" ? "" : `+${compression}`}`;
  return { ...blobOf(mediaType, content), diffId: digestOf(tar) };
}

/** Puts an image together. */
export function imageOf(spec: ImageSpec): OciImage {
  const platform = spec.platform ?? machinePlatform;
  const layers = spec.docker ? spec.layers.map(withDockerType) : spec.layers;
  const config = jsonBlob(spec.docker ? `${docker}.container.image.v1+json` : `${oci}.config.v1+json`, {
    ...platform,
    created: "2024-01-01T00:00:00Z",
    config: spec.config ?? {},
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map((_, index) => ({ created: "2024-01-01T00:00:00Z", created_by: `layer ${index + 1}` })),
  });
  const mediaType = spec.docker ? `${docker}.distribution.manifest.v2+json` : `${oci}.manifest.v1+json`;
  const parts = { config: descriptorOf(config), layers: layers.map(descriptorOf) };
  return { platform, config, layers, manifest: jsonBlob(mediaType, { schemaVersion: 2, mediaType, ...parts }) };
}

function withDockerType(layer: Layer): Layer {
  return { ...layer, mediaType: `${docker}.image.rootfs.diff.tar${layer.mediaType.endsWith("gzip") ? ".gzip" : ""}` };
}

/** An index (Docker: manifest list) over images of several platforms. */
export function indexOf(images: readonly OciImage[], isDocker = false): Blob {
  const mediaType = isDocker ? `${docker}.distribution.manifest.list.v2+json` : `${oci}.index.v1+json`;
  const manifests = images.map(({ manifest, platform }) => ({ ...descriptorOf(manifest), platform }));
  return jsonBlob(mediaType, { schemaVersion: 2, mediaType, manifests });
}
