import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Input } from "@tdock/api/endpoint";
import type { imageSave } from "@tdock/api/images";
import type { Output } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import { type Pack, pack } from "tar-stream";
import type { Engine } from "../engine.ts";
import { apartFromIndex } from "./apart-from-index.ts";
import { archiveDocuments, blobName, type SavedImage } from "./archive/documents.ts";
import type { BlobReference, ImageRecord } from "./image.ts";
import { imageContent, type StoredDocument } from "./image-content.ts";
import { imagesMeant } from "./index-members.ts";
import { namesMeant } from "./names-meant.ts";
import { formatReference, parseReference, type Reference } from "./reference.ts";
import { repositoryTags } from "./repository-tags.ts";
import { requestedPlatform } from "./requested-platform.ts";
import { dropDamaged, ensureBlobs } from "./with-layer-blobs.ts";

type SaveEngine = Pick<
  Engine,
  "arrivalLease" | "arrivals" | "arrivingFolder" | "blobs" | "config" | "containerd" | "events" | "images" | "registry"
>;

/**
 * Sends images as one archive that is both Docker's (`manifest.json`) and an OCI layout (`index.json`); blobs go as
 * they are stored, each once. They are read through before: what is damaged or was let go is fetched again. Throws
 * `not-found` before anything was sent.
 */
export async function saveImages(engine: SaveEngine, input: Input<typeof imageSave>, out: Output): Promise<void> {
  const names = (input.names ?? []).flatMap((name) => name.split(",")).filter((name) => name !== "");
  if (names.length === 0) throw new TdockError("invalid-argument", "no image is named");
  const platforms = input.platform ?? [];
  if (platforms.length > 1) throw new TdockError("invalid-argument", "images are saved for one platform, or for all");
  await engine.arrivalLease.with(() => sendImages(engine, names, requestedPlatform(platforms[0]), out));
}

async function sendImages(
  engine: SaveEngine,
  names: readonly string[],
  platform: string | undefined,
  out: Output,
): Promise<void> {
  const images: SavedImage[] = [];
  const read = new Set<string>();
  for (const name of names) {
    for (const named of await imagesNamed(engine, name, platform)) {
      images.push(await savedImage(engine, named, read, out.signal));
    }
  }
  out.begin({ contentType: "application/x-tar" });
  const archive = pack();
  const written = writeArchive(engine, archive, images, out.signal);
  written.catch((thrown) => archive.destroy(thrown as Error));
  await Promise.all([written, out.pipe(Readable.from(archive))]);
  for (const { image } of images) {
    engine.events.emit({ type: "image", action: "save", id: image.id, attributes: { name: image.id } });
  }
}

/** An image with all that it is made of, read through unless it was for another one. */
async function savedImage(
  engine: SaveEngine,
  { image, names }: Omit<SavedImage, "content">,
  read: Set<string>,
  signal: AbortSignal,
): Promise<SavedImage> {
  for (const member of await imagesMeant(engine, image)) {
    await dropDamaged(engine, member, read);
    await ensureBlobs(engine, member, { signal });
  }
  return { image, names, content: await imageContent(engine.blobs, image) };
}

/**
 * One image with the tag that names it, or all tags of a repository that is named without one; for one platform, each
 * without the index around it.
 */
async function imagesNamed(engine: SaveEngine, text: string, platform: string | undefined) {
  const { images } = engine;
  const resolve = async (name: string) => {
    const image = await images.resolve(name, platform);
    return platform === undefined ? image : apartFromIndex(image);
  };
  const repository = repositoryOf(await images.find(text), text);
  const tags = repository === undefined ? [] : (await repositoryTags(engine, repository)).map(formatReference);
  if (tags.length > 0) return Promise.all(tags.map(async (name) => ({ image: await resolve(name), names: [name] })));
  const image = await resolve(text);
  const reference = parseName(text);
  const name = reference?.digest === undefined && reference?.tag !== undefined ? formatReference(reference) : undefined;
  return [{ image, names: image.names.filter((one) => one === name) }];
}

/** The repository that a text names without a tag; an ID names none. */
function repositoryOf(image: ImageRecord | undefined, text: string): Reference | undefined {
  if (image !== undefined && namesMeant(image, text).length === 0) return undefined;
  const reference = parseName(text);
  return reference?.tag === undefined && reference?.digest === undefined ? reference : undefined;
}

function parseName(text: string): Reference | undefined {
  try {
    return parseReference(text);
  } catch {
    return undefined;
  }
}

async function writeArchive(
  { blobs }: SaveEngine,
  archive: Pack,
  images: readonly SavedImage[],
  signal: AbortSignal,
): Promise<void> {
  const contents = images.map(({ content }) => content);
  const layers = uniqueBy(contents.flatMap((content) => content.blobs));
  for (const blob of layers) await writeBlob(archive, blob, blobs.path(blob.digest), signal);
  for (const { blob, bytes } of uniqueDocuments(contents.flatMap(({ manifests }) => manifests))) {
    writeSmall(archive, blobName(blob.digest), bytes);
  }
  for (const [name, value] of Object.entries(archiveDocuments(images))) {
    writeSmall(archive, name, Buffer.from(JSON.stringify(value)));
  }
  archive.finalize();
}

const fixedTime = new Date(0);

async function writeBlob(archive: Pack, { digest, size }: BlobReference, path: string, signal: AbortSignal) {
  const entry = archive.entry({ name: blobName(digest), size, mode: 0o644, mtime: fixedTime });
  await pipeline(createReadStream(path, { highWaterMark: 256 * 1024 }), entry, { signal });
}

function writeSmall(archive: Pack, name: string, bytes: Buffer): void {
  archive.entry({ name, size: bytes.length, mode: 0o644, mtime: fixedTime }, bytes);
}

function uniqueBy<T extends BlobReference>(blobs: readonly T[]): T[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}

function uniqueDocuments(documents: readonly StoredDocument[]): StoredDocument[] {
  return [...new Map(documents.map((document) => [document.blob.digest, document])).values()];
}
