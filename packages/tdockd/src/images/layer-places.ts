import { TdockError } from "@tdock/errors/error";
import { isForeignLayer, layerCompression } from "../registry/media-type.ts";
import { chainIdsOf } from "./chain-id.ts";
import { checkKept } from "./check-kept.ts";
import type { BlobReference } from "./image.ts";
import type { LayerPlace } from "./layer-store.ts";

/**
 * The layers of an image in their places, bottom first. Chain IDs are computed here, never taken from anybody.
 * Throws `invalid-argument` when manifest and configuration do not fit together or a layer is of an unknown kind,
 * `not-implemented` when a layer is not named by sha256.
 */
export function layerPlaces(layers: readonly BlobReference[], diffIds: readonly string[]): LayerPlace[] {
  if (layers.length !== diffIds.length) {
    throw new TdockError(
      "invalid-argument",
      `invalid image: ${layers.length} layers in its manifest, ${diffIds.length} in its configuration`,
      { reason: "wrong-diff-id" },
    );
  }
  const chainIds = chainIdsOf(diffIds);
  return layers.map(({ mediaType, digest, size }, index) => {
    checkKept(digest);
    const compression = layerCompression(mediaType);
    if (compression === undefined) {
      const kind = isForeignLayer(mediaType) ? "foreign layer" : "layer";
      throw new TdockError("invalid-argument", `unsupported ${kind} type ${mediaType.slice(0, 100)}`);
    }
    return {
      diffId: diffIds[index] as string,
      chainId: chainIds[index] as string,
      parent: chainIds[index - 1],
      blob: { mediaType, digest, size },
      compression,
    };
  });
}
