import type { Engine } from "../engine.ts";
import type { ImageRecord } from "./image.ts";

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

/** An image's layers, packed as far as they are stored, and unpacked. */
export async function layerParts(
  engine: Pick<Engine, "layerSizes">,
  image: ImageRecord,
  stored: ReadonlySet<string>,
): Promise<Parts> {
  const blobs = image.manifest.layers.filter(({ digest }) => stored.has(digest));
  return new Map([
    ...(await stackParts(engine, image.chainId)),
    ...blobs.map(({ digest, size }) => [digest, size] as const),
  ]);
}

/** All that an image is made of: its layers and its documents. */
export async function imageParts(
  engine: Pick<Engine, "layerSizes">,
  image: ImageRecord,
  stored: ReadonlySet<string>,
): Promise<Parts> {
  const documents = [image.manifestBlob, image.manifest.config].map(({ digest, size }) => [digest, size] as const);
  return new Map([...(await layerParts(engine, image, stored)), ...documents]);
}
