import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Input } from "@tdock/api/endpoint";
import type { imageSave } from "@tdock/api/images";
import type { Output } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import { type Pack, pack } from "tar-stream";
import type { Engine } from "../engine.ts";
import { archiveDocuments, blobName, type SavedImage } from "./archive/documents.ts";
import type { BlobReference } from "./image.ts";
import { imageContent, type StoredDocument } from "./image-content.ts";
import { imagesMeant } from "./index-members.ts";
import { referenceOf } from "./names.ts";
import { noSuchImage } from "./no-such-image.ts";
import { formatReference, parseReference, withDefaultTag } from "./reference.ts";
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
  await engine.arrivalLease.with(() => sendImages(engine, names, requestedPlatform(input.platform?.[0]), out));
}

async function sendImages(
  engine: SaveEngine,
  names: readonly string[],
  platform: string | undefined,
  out: Output,
): Promise<void> {
  const images: SavedImage[] = [];
  for (const name of names) images.push(...(await savedImages(engine, name, platform, out.signal)));
  out.begin({ contentType: "application/x-tar" });
  const archive = pack();
  const written = writeArchive(engine, archive, images, out.signal);
  written.catch((thrown) => archive.destroy(thrown as Error));
  await Promise.all([written, out.pipe(Readable.from(archive))]);
  for (const { image } of images) {
    engine.events.emit({ type: "image", action: "save", id: image.id, attributes: { name: image.id } });
  }
}

/** One image, or all tags of a repository that is named without one. */
async function savedImages(engine: SaveEngine, name: string, platform: string | undefined, signal: AbortSignal) {
  const { blobs, images } = engine;
  const image = await images.find(name, platform);
  for (const member of image === undefined ? [] : await imagesMeant(engine, image)) {
    await dropDamaged(engine, member);
    await ensureBlobs(engine, member, { signal });
  }
  const tags = image?.names.filter((one) => one === nameOf(name)) ?? [];
  if (image !== undefined) return [{ image, names: tags, content: await imageContent(blobs, image) }];
  throw noSuchImage(name);
}

/** The tag that a text names; an ID names none. */
function nameOf(text: string): string | undefined {
  try {
    const reference = referenceOf(formatReference(withDefaultTag(parseReference(text))));
    return reference?.tag === undefined || reference.digest !== undefined ? undefined : formatReference(reference);
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
