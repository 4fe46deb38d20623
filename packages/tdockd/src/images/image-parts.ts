import type { Engine } from "../engine.ts";
import type { ImageRecord } from "./image.ts";

/** What takes space, by a name that is the same wherever it is shared, and the bytes of each. */
export type Parts = ReadonlyMap<string, number>;

/** The unpacked layer `chainId` names and all below it. */
export async function stackParts({ layerSizes }: Pick<Engine, "layerSizes">, chainId: string): Promise<Parts> {
  const layers = await layerSizes.stack(chainId);
  return new Map(layers.map(({ name, bytes }) => [`snapshot ${name}`, bytes]));
}

/** An image's layers, packed and unpacked. */
export async function layerParts(engine: Pick<Engine, "layerSizes">, image: ImageRecord): Promise<Parts> {
  const blobs = image.manifest.layers.map(({ digest, size }) => [digest, size] as const);
  return new Map([...(await stackParts(engine, image.chainId)), ...blobs]);
}

/** All that an image is made of: its layers and its documents. */
export async function imageParts(engine: Pick<Engine, "layerSizes">, image: ImageRecord): Promise<Parts> {
  const documents = [image.manifestBlob, image.manifest.config].map(({ digest, size }) => [digest, size] as const);
  return new Map([...(await layerParts(engine, image)), ...documents]);
}
