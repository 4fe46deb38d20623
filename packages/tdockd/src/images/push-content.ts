import { createReadStream } from "node:fs";
import type { JsonMessages } from "@tdock/api/json-messages";
import type { Engine } from "../engine.ts";
import { isForeignLayer } from "../registry/media-type.ts";
import { pushBlob, type UploadOutcome } from "../registry/push-blob.ts";
import { pushManifest } from "../registry/push-manifest.ts";
import type { RegistrySession } from "../registry/session.ts";
import type { BlobReference, ImageRecord } from "./image.ts";
import { imageContent } from "./image-content.ts";
import { PushReporter } from "./push-progress.ts";
import type { Reference } from "./reference.ts";
import { noteRepository, repositoriesOf } from "./source-label.ts";
import { transferBlobs } from "./transfer-blobs.ts";

type PushEngine = Pick<Engine, "blobs">;

interface Push {
  readonly image: ImageRecord;
  readonly reference: Reference;
  readonly messages: JsonMessages;
  /** Digests of blobs that the repository has, and that need not be here. */
  readonly there: ReadonlySet<string>;
}

/**
 * Uploads what a repository lacks of an image: all blobs at once, then the manifests, what refers to others last. An
 * index goes along when all of it is here, else the one manifest alone. Resolves to what the tag now names.
 */
export async function pushContent(
  { blobs }: PushEngine,
  session: RegistrySession,
  { image, reference, messages, there }: Push,
): Promise<BlobReference> {
  const content = await imageContent(blobs, image, there);
  if (content.isPartial) {
    await messages.send({ status: "Not all of the index is here: only the image of this platform is pushed" });
  }
  const own = content.blobs.filter(({ mediaType }) => !isForeignLayer(mediaType));
  await transferBlobs(own, messages.signal, (blob, signal) =>
    upload({ blobs }, session, { blob, reference, messages, signal }),
  );
  const { signal } = messages;
  const repository = reference.path;
  for (const { blob, bytes } of content.manifests) {
    const isTop = blob.digest === content.top.digest;
    const name = isTop ? (reference.tag ?? blob.digest) : blob.digest;
    await pushManifest(session, { repository, reference: name, mediaType: blob.mediaType, bytes, signal });
  }
  return content.top;
}

async function upload(
  { blobs }: PushEngine,
  session: RegistrySession,
  one: {
    readonly blob: BlobReference;
    readonly reference: Reference;
    readonly messages: JsonMessages;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { blob, reference, messages, signal } = one;
  const reporter = new PushReporter(messages, blob);
  const labels = await blobs.labelsOf(blob.digest);
  const mountFrom = repositoriesOf(labels, reference.domain).find((path) => path !== reference.path);
  const outcome: UploadOutcome = await pushBlob(session, {
    repository: reference.path,
    digest: blob.digest,
    size: blob.size,
    open: (offset) => createReadStream(blobs.path(blob.digest), { start: offset, highWaterMark: 256 * 1024 }),
    ...(mountFrom !== undefined && { mountFrom }),
    signal,
    onProgress: (bytes) => reporter.report(bytes),
  });
  await noteRepository(blobs, blob, labels, reference);
  reporter.end(outcome, mountFrom);
  await reporter.settled();
}
