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
  if (!isIndexType(image.target.mediaType)) return undefined;
  const found: IndexImage[] = [];
  for (const descriptor of await manifestsOf({ blobs }, image)) {
    const member = await memberFor({ images }, image, descriptor);
    if (member === undefined) return undefined;
    found.push(member);
  }
  return found;
}

/** All images that are here of the index that an image is of, itself among them. */
export async function imagesHere(
  { blobs, images }: Pick<Engine, "blobs" | "images">,
  image: ImageRecord,
): Promise<readonly ImageRecord[]> {
  if (!isIndexType(image.target.mediaType)) return [image];
  const descriptors = await manifestsOf({ blobs }, image).catch(() => []); // damaged: it may go all the same
  const members = await Promise.all(descriptors.map((descriptor) => memberFor({ images }, image, descriptor)));
  const found = members.flatMap((member) => (member === undefined ? [] : [member.image]));
  return found.some(({ id }) => id === image.id) ? found : [image, ...found];
}

/** IDs of all images that are here of the index that an image is of: containers may be made from any. */
export async function idsHere(
  engine: Pick<Engine, "blobs" | "images">,
  image: ImageRecord,
): Promise<ReadonlySet<string>> {
  return new Set((await imagesHere(engine, image)).map(({ id }) => id));
}

type Manifests = ImageIndex["manifests"];

async function manifestsOf({ blobs }: Pick<Engine, "blobs">, { target }: ImageRecord): Promise<Manifests> {
  const { mediaType, digest } = target;
  return (parseManifest(await blobs.read(digest, manifestLimitBytes), mediaType) as ImageIndex).manifests;
}

async function memberFor(
  { images }: Pick<Engine, "images">,
  image: ImageRecord,
  { digest, platform: described }: Manifests[number],
): Promise<IndexImage | undefined> {
  if (described === undefined) return undefined;
  const platform = toPlatform(described);
  const member = await images.sibling(image, formatPlatform(platform)).catch((thrown) => {
    if (isError(thrown, "not-found") || isError(thrown, "invalid-argument")) return undefined;
    throw thrown;
  });
  return member?.manifestBlob.digest === digest ? { image: member, platform } : undefined;
}

/** All that a name points at and that has blobs of its own to send: the images of its index, or the one image. */
export async function imagesMeant(
  engine: Pick<Engine, "blobs" | "images">,
  image: ImageRecord,
): Promise<readonly ImageRecord[]> {
  return (await indexMembers(engine, image))?.map((member) => member.image) ?? [image];
}

function toPlatform({ os, architecture, variant }: NonNullable<Manifests[number]["platform"]>): Platform {
  return { os, architecture, ...(variant !== undefined && { variant }) };
}
