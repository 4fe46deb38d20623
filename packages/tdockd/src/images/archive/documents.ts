import { splitDigest } from "../../registry/digest.ts";
import { ociIndexType } from "../../registry/media-type.ts";
import type { ImageRecord } from "../image.ts";
import type { ImageContent } from "../image-content.ts";
import { formatFamiliar, parseReference } from "../reference.ts";

/** An image on its way into an archive, and the tags it goes by there. */
export interface SavedImage {
  readonly image: ImageRecord;
  /** containerd's names. */
  readonly names: readonly string[];
  readonly content: ImageContent;
}

/** Where a blob lies in the archive, as in any OCI layout. */
export function blobName(digest: string): string {
  const { algorithm, hex } = splitDigest(digest);
  return `blobs/${algorithm}/${hex}`;
}

/**
 * The documents that say what is in the archive, by name: `manifest.json` for Docker (image-spec v1.2 of moby),
 * `index.json` and `oci-layout` for everybody else
 * (https://github.com/opencontainers/image-spec/blob/main/image-layout.md).
 */
export function archiveDocuments(images: readonly SavedImage[]): Readonly<Record<string, unknown>> {
  return {
    "manifest.json": images.map(({ image, names }) => ({
      Config: blobName(image.id),
      RepoTags: names.length === 0 ? null : names.map((name) => formatFamiliar(parseReference(name))),
      Layers: image.manifest.layers.map(({ digest }) => blobName(digest)),
    })),
    "index.json": {
      schemaVersion: 2,
      mediaType: ociIndexType,
      manifests: images.flatMap(({ names, content }) =>
        (names.length === 0 ? [undefined] : names).map((name) => ({ ...content.top, ...annotationsOf(name) })),
      ),
    },
    "oci-layout": { imageLayoutVersion: "1.0.0" },
  };
}

function annotationsOf(name: string | undefined): object {
  if (name === undefined) return {};
  const annotations = {
    "io.containerd.image.name": name,
    "org.opencontainers.image.ref.name": parseReference(name).tag,
  };
  return { annotations };
}
