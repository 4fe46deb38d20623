import type { Engine } from "../engine.ts";
import type { ImageRecord } from "./image.ts";
import { imagesHere } from "./index-members.ts";

/** What takes space, by a name that is the same wherever it is shared, and the bytes of each. */
export type Parts = ReadonlyMap<string, number>;

/** The unpacked layer `chainId` names and all below it. */
export async function stackParts({ layerSizes }: Pick<Engine, "layerSizes">, chainId: string): Promise<Parts> {
  const layers = await layerSizes.stack(chainId);
  return new Map(layers.map(({ name, bytes }) => [`snapshot ${name}`, bytes]));
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

/** All that an image is made of: its layers and its documents. */
export async function imageParts(engine: PartsEngine, image: ImageRecord, stored: ReadonlySet<string>): Promise<Parts> {
  const images = await imagesHere(engine, image);
  const documents = [image.target, ...images.flatMap(({ manifestBlob, manifest }) => [manifestBlob, manifest.config])];
  const sizes = documents.map(({ digest, size }) => [digest, size] as const);
  return new Map([...(await layerParts(engine, image, stored)), ...sizes]);
}
