import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../engine.ts";
import { isForeignLayer, isIndexType, layerCompression } from "../registry/media-type.ts";
import type { FetchedDocument } from "../registry/resolve.ts";
import type { BlobReference, ImageRecord, Target } from "./image.ts";
import { configLimitBytes } from "./image-config.ts";
import { type IndexImage, indexMembers } from "./index-members.ts";
import { layerPlaces } from "./layer-places.ts";
import type { LayerPlace } from "./layer-store.ts";
import { Limit } from "./limit.ts";
import { danglingName } from "./names.ts";
import { newIndex } from "./new-index.ts";
import { newManifest } from "./new-manifest.ts";
import { packBuiltLayer } from "./pack-built-layer.ts";
import type { Packing } from "./pack-snapshot.ts";
import { packStoredLayer } from "./pack-stored-layer.ts";
import { storeDocuments, storeIndex } from "./record-image.ts";

type PackEngine = Pick<
  Engine,
  "arrivalLease" | "arrivingFolder" | "blobs" | "containerd" | "disk" | "images" | "layers"
>;

const maxAtOnce = 4;

/**
 * The image with the layers that came from no registry compressed, as a registry is to get it. Its ID stays the same; its
 * names go over to the new manifest, so that its digest here is the one that the registry will know it by. Of an index
 * that is here as a whole, all images are.
 */
export async function packImage(engine: PackEngine, image: ImageRecord, signal: AbortSignal): Promise<ImageRecord> {
  const [name] = image.names;
  const members = await indexMembers(engine, image);
  const images = members?.map((member) => member.image) ?? (isIndexType(image.target.mediaType) ? [] : [image]);
  if (name === undefined || !images.some(({ manifest }) => manifest.layers.some(isPlain))) return image;
  const folder = join(engine.arrivingFolder, `pack-${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    return await engine.arrivalLease.with(async (lease) => {
      const packing = { folder, lease, signal };
      const packed = members ? await packMembers(engine, members, packing) : await packOne(engine, image, packing);
      if (packed === undefined) return image;
      await engine.disk.flush();
      await renameTo(engine, image, packed);
      return engine.images.resolve(name);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isPlain({ mediaType }: BlobReference): boolean {
  return layerCompression(mediaType) === "none" && !isForeignLayer(mediaType);
}

/** Packs an image's layers and stores its new manifest; `undefined` when there is nothing to pack. */
async function packOne(engine: PackEngine, image: ImageRecord, packing: Packing): Promise<BlobReference | undefined> {
  const { layers } = image.manifest;
  const packed = await packLayers(engine, image, packing);
  if (packed.every(({ digest }, index) => digest === layers[index]?.digest)) return undefined;
  const configBytes = await engine.blobs.read(image.id, configLimitBytes);
  const manifest = newManifest(configBytes, packed);
  await storeDocuments(engine, { lease: packing.lease, manifest, configBytes, diffIds: image.diffIds });
  return referenceTo(manifest);
}

async function packMembers(
  engine: PackEngine,
  members: readonly IndexImage[],
  packing: Packing,
): Promise<BlobReference | undefined> {
  const manifests: BlobReference[] = [];
  for (const { image } of members) manifests.push((await packOne(engine, image, packing)) ?? image.manifestBlob);
  if (manifests.every(({ digest }, at) => digest === members[at]?.image.manifestBlob.digest)) return undefined;
  const index = newIndex(members.map(({ platform }, at) => ({ platform, manifest: manifests[at] as BlobReference })));
  await storeIndex(engine, packing, index);
  return referenceTo(index);
}

function referenceTo({ descriptor: { mediaType, digest, size } }: FetchedDocument): BlobReference {
  return { mediaType, digest, size };
}

function packLayers(
  engine: PackEngine,
  { manifest: { layers }, diffIds }: ImageRecord,
  packing: Packing,
): Promise<BlobReference[]> {
  const limit = new Limit(maxAtOnce);
  const pack = async (place: LayerPlace) => {
    const { blob } = place;
    if (!isPlain(blob)) return blob;
    return (await packBuiltLayer(engine, blob, packing)) ?? (await packStoredLayer(engine, place, packing)) ?? blob;
  };
  return Promise.all(layerPlaces(layers, diffIds).map((place) => limit.run(() => pack(place))));
}

/** All names go over, and none is left for what they meant before. */
async function renameTo(engine: PackEngine, { names, target: before }: ImageRecord, target: Target): Promise<void> {
  for (const name of names) await engine.images.setName(name, target);
  const left = danglingName(before.digest);
  if ((await engine.images.names()).some((one) => one.name === left)) await engine.images.removeName(left);
}
