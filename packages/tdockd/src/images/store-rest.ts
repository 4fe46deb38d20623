import type { Engine } from "../engine.ts";
import { isConfigType } from "../registry/media-type.ts";
import type { IndexRest, RestMember } from "./archive/index-rest.ts";
import { parseImageConfig } from "./image-config.ts";
import { storeDocuments, storeIndex } from "./record-image.ts";

/**
 * Stores what an archive holds of an index beside the image that is loaded: as blobs, to be unpacked and verified when
 * it is used. Throws `invalid-argument` for an image whose configuration is none.
 */
export async function storeRest(
  engine: Pick<Engine, "blobs">,
  { members, indexes }: IndexRest,
  lease: string,
): Promise<void> {
  for (const { manifest, configBytes, layers } of members) {
    for (const { digest, size } of manifest.document.layers) {
      await engine.blobs.adopt(layers.get(digest)?.path ?? "", { digest, size }, lease);
    }
    await storeDocuments(engine, { lease, manifest, configBytes, diffIds: diffIdsOf(manifest, configBytes) });
  }
  for (const index of indexes) await storeIndex(engine, { lease }, index);
}

/** An attestation has none. */
function diffIdsOf({ document }: RestMember["manifest"], configBytes: Buffer): readonly string[] {
  const isImage = isConfigType(document.config.mediaType) && document.layers.length > 0;
  return isImage ? parseImageConfig(configBytes).rootfs.diff_ids : [];
}
