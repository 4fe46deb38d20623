import type { Engine } from "../engine.ts";
import { isIndexType } from "../registry/media-type.ts";
import type { BlobReference, ImageRecord } from "./image.ts";
import { imagesHere } from "./index-members.ts";
import { storedDocument } from "./stored-document.ts";

const maxDepth = 4;

/** What takes space, by a name that is the same wherever it is shared, and the bytes of each. */
export type Parts = ReadonlyMap<string, number>;

/** The unpacked layer `chainId` names and all below it. */
export async function stackParts({ layerSizes }: Pick<Engine, "layerSizes">, chainId: string): Promise<Parts> {
  const layers = await layerSizes.stack(chainId);
  return new Map(layers.map(({ name, bytes }) => [layerPart(name), bytes]));
}

export function layerPart(name: string): string {
  return `snapshot ${name}`;
}

/** Digests of all blobs that are stored: those of layers that were built here, or let go, are not. */
export async function storedBlobs({ containerd }: Pick<Engine, "containerd">): Promise<ReadonlySet<string>> {
  return new Set((await containerd.content.list()).map(({ digest }) => digest));
}

type PartsEngine = Pick<Engine, "blobs" | "images" | "layerSizes">;

/** The layers of an image, and of all that are here of its index, packed as far as they are stored, and unpacked. */
export async function layerParts(engine: PartsEngine, image: ImageRecord, stored: ReadonlySet<string>): Promise<Parts> {
  const parts = new Map<string, number>();
  for (const { chainId, manifest } of await imagesHere(engine, image)) {
    for (const [name, bytes] of await stackParts(engine, chainId)) parts.set(name, bytes);
    for (const { digest, size } of manifest.layers) if (stored.has(digest)) parts.set(digest, size);
  }
  return parts;
}

/** All that an image is made of: its layers and its documents, and of an index all else that is here, as attestations. */
export async function imageParts(engine: PartsEngine, image: ImageRecord, stored: ReadonlySet<string>): Promise<Parts> {
  const parts = new Map(await layerParts(engine, image, stored));
  for (const { digest, size } of [image.manifestBlob, image.manifest.config]) parts.set(digest, size);
  if (isIndexType(image.target.mediaType)) await addContent(engine, image.target, stored, parts, 0);
  return parts;
}

async function addContent(
  engine: PartsEngine,
  blob: BlobReference,
  stored: ReadonlySet<string>,
  parts: Map<string, number>,
  depth: number,
): Promise<void> {
  if (!stored.has(blob.digest) || parts.has(blob.digest) || depth > maxDepth) return;
  parts.set(blob.digest, blob.size);
  const document = await storedDocument(engine, blob, stored);
  if (document?.kind === "index") {
    for (const child of document.manifests) await addContent(engine, child, stored, parts, depth + 1);
  } else if (document !== undefined) {
    for (const { digest, size } of [document.config, ...document.layers])
      if (stored.has(digest)) parts.set(digest, size);
  }
}
