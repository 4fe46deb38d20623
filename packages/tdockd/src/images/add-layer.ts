import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { Engine } from "../engine.ts";
import { ociLayerType } from "../registry/media-type.ts";
import type { BlobReference } from "./image.ts";
import { layerPlaces } from "./layer-places.ts";
import { danglingName } from "./names.ts";
import { newManifest } from "./new-manifest.ts";
import { recordImage } from "./record-image.ts";
import { unpackStored } from "./unpack-stored.ts";

/** A layer that has arrived: a plain tar on disk. */
export interface ArrivedLayer {
  readonly path: string;
  /** Of the tar, and so its diff ID too. */
  readonly digest: string;
  readonly size: number;
}

/** Writes a layer's plain tar to `path`, which must not exist, and works out its digest. */
export async function writeLayer(chunks: AsyncIterable<Uint8Array>, path: string): Promise<ArrivedLayer> {
  await using file: FileHandle = await open(path, "wx", 0o600);
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    size += chunk.length;
    await file.appendFile(chunk);
  }
  return { path, size, digest: `sha256:${hash.digest("hex")}` };
}

export interface NewImage {
  /** The layers below, bottom first, and their diff IDs. */
  readonly below: { readonly layers: readonly BlobReference[]; readonly diffIds: readonly string[] };
  readonly top: ArrivedLayer;
  readonly configBytes: Buffer;
  /** Full reference; undefined leaves the image without a name. */
  readonly name: string | undefined;
}

/**
 * Records an image of layers that are here and one more, which is unpacked under the same rules as one that was
 * pulled. Gives the image's ID. Throws `invalid-argument` for a layer that must not be unpacked.
 */
export async function addLayer(
  engine: Pick<Engine, "arrivalLease" | "blobs" | "disk" | "images" | "layers">,
  { below, top, configBytes, name }: NewImage,
  signal: AbortSignal,
): Promise<string> {
  const layer = { mediaType: ociLayerType, digest: top.digest, size: top.size };
  const layers = [...below.layers, layer];
  const diffIds = [...below.diffIds, top.digest];
  const manifest = newManifest(configBytes, layers);
  await engine.arrivalLease.with(async (lease) => {
    await engine.blobs.adopt(top.path, { ...layer, labels: { "containerd.io/uncompressed": top.digest } }, lease);
    await unpackStored(engine, layerPlaces(layers, diffIds), lease, signal);
    await recordImage(engine, {
      ...{ lease, target: manifest, indexes: [], manifest, configBytes, diffIds },
      name: name ?? danglingName(manifest.descriptor.digest),
    });
  });
  return manifest.document.config.digest;
}
