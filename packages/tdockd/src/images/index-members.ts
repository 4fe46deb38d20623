import { isError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { type ImageIndex, manifestLimitBytes, parseManifest } from "../registry/manifest.ts";
import { isIndexType } from "../registry/media-type.ts";
import { formatPlatform, type Platform } from "../registry/platform.ts";
import type { ImageRecord } from "./image.ts";

/** An image of an index, with what the index says that it is for. */
export interface IndexImage {
  readonly image: ImageRecord;
  readonly platform: Platform;
}

/**
 * The images of the index that an image's name points at, when the documents of all of them are here and it holds
 * nothing else; `undefined` otherwise, and where the name points at the image itself.
 */
export async function indexMembers(
  { blobs, images }: Pick<Engine, "blobs" | "images">,
  image: ImageRecord,
): Promise<readonly IndexImage[] | undefined> {
  const { mediaType, digest } = image.target;
  if (!isIndexType(mediaType)) return undefined;
  const index = parseManifest(await blobs.read(digest, manifestLimitBytes), mediaType) as ImageIndex;
  const found: IndexImage[] = [];
  for (const { digest, platform } of index.manifests) {
    if (platform === undefined) return undefined;
    const wanted = toPlatform(platform);
    const member = await images.sibling(image, formatPlatform(wanted)).catch((thrown) => {
      if (isError(thrown, "not-found") || isError(thrown, "invalid-argument")) return undefined;
      throw thrown;
    });
    if (member?.manifestBlob.digest !== digest) return undefined;
    found.push({ image: member, platform: wanted });
  }
  return found;
}

/** All that a name points at and that has blobs of its own to send: the images of its index, or the one image. */
export async function imagesMeant(
  engine: Pick<Engine, "blobs" | "images">,
  image: ImageRecord,
): Promise<readonly ImageRecord[]> {
  return (await indexMembers(engine, image))?.map((member) => member.image) ?? [image];
}

function toPlatform({ os, architecture, variant }: NonNullable<ImageIndex["manifests"][number]["platform"]>): Platform {
  return { os, architecture, ...(variant !== undefined && { variant }) };
}
