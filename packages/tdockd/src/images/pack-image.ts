import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../engine.ts";
import { isForeignLayer, isIndexType, layerCompression } from "../registry/media-type.ts";
import type { BlobReference, ImageRecord } from "./image.ts";
import { configLimitBytes } from "./image-config.ts";
import { Limit } from "./limit.ts";
import { danglingName } from "./names.ts";
import { newManifest } from "./new-manifest.ts";
import { packBuiltLayer } from "./pack-built-layer.ts";
import { recordImage } from "./record-image.ts";

type PackEngine = Pick<Engine, "arrivalLease" | "arrivingFolder" | "blobs" | "containerd" | "disk" | "images">;

const maxAtOnce = 4;

/**
 * The image with the layers that were built here compressed, as a registry is to get it. Its ID stays the same; its
 * names go over to the new manifest, so that its digest here is the one that the registry will know it by.
 */
export async function packImage(engine: PackEngine, image: ImageRecord, signal: AbortSignal): Promise<ImageRecord> {
  const { layers } = image.manifest;
  const [name] = image.names;
  if (isIndexType(image.target.mediaType) || name === undefined || !layers.some(isPlain)) return image;
  const folder = join(engine.arrivingFolder, `pack-${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    return await engine.arrivalLease.with(async (lease) => {
      const packed = await packLayers(engine, layers, { folder, lease, signal });
      if (packed.every(({ digest }, index) => digest === layers[index]?.digest)) return image;
      await replaceManifest(engine, image, packed, lease);
      return engine.images.resolve(name);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isPlain({ mediaType }: BlobReference): boolean {
  return layerCompression(mediaType) === "none" && !isForeignLayer(mediaType);
}

function packLayers(
  engine: PackEngine,
  layers: readonly BlobReference[],
  packing: { readonly folder: string; readonly lease: string; readonly signal: AbortSignal },
): Promise<BlobReference[]> {
  const limit = new Limit(maxAtOnce);
  const pack = async (layer: BlobReference) =>
    isPlain(layer) ? ((await packBuiltLayer(engine, layer, packing)) ?? layer) : layer;
  return Promise.all(layers.map((layer) => limit.run(() => pack(layer))));
}

async function replaceManifest(
  engine: PackEngine,
  { id, names, target: before, diffIds }: ImageRecord,
  layers: readonly BlobReference[],
  lease: string,
): Promise<void> {
  const [name = "", ...others] = names;
  const configBytes = await engine.blobs.read(id, configLimitBytes);
  const manifest = newManifest(configBytes, layers);
  const { mediaType, digest, size } = manifest.descriptor;
  await recordImage(engine, { lease, name, target: manifest, indexes: [], manifest, configBytes, diffIds });
  for (const other of others) await engine.images.setName(other, { mediaType, digest, size });
  const left = danglingName(before.digest);
  if ((await engine.images.names()).some((one) => one.name === left)) await engine.images.removeName(left);
}
