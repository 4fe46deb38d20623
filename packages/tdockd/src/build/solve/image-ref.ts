import type { ImageRecord } from "../../images/image.ts";
import type { Ref } from "./ref.ts";

/** An image's file system; its key is the content itself. */
export function imageRef({ chainId, diffIds, manifest }: ImageRecord): Ref {
  const layers = manifest.layers.map(({ mediaType, digest, size }, index) => ({
    mediaType,
    digest,
    size,
    diffId: diffIds[index] ?? "",
  }));
  return {
    key: `image:${chainId}`,
    snapshot: async () => chainId,
    layers: async () => layers,
    createdAt: async () => undefined,
    copied: [],
    contents: `image:${chainId}`,
    knownLayers: layers,
    isAnew: false,
  };
}
