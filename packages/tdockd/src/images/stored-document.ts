import type { Engine } from "../engine.ts";
import { type ManifestDocument, manifestLimitBytes, parseManifest } from "../registry/manifest.ts";
import type { BlobReference } from "./image.ts";

/** A manifest or index that is among the `stored` blobs; what is not, or is no document, is `undefined`. */
export async function storedDocument(
  { blobs }: Pick<Engine, "blobs">,
  { digest, mediaType }: BlobReference,
  stored: ReadonlySet<string>,
): Promise<ManifestDocument | undefined> {
  if (!stored.has(digest)) return undefined;
  try {
    return parseManifest(await blobs.read(digest, manifestLimitBytes), mediaType);
  } catch {
    return undefined;
  }
}
