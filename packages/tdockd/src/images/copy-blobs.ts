import { Readable } from "node:stream";
import type { JsonMessages } from "@tdock/api/json-messages";
import { fetchBlob } from "../registry/fetch-blob.ts";
import type { Descriptor } from "../registry/manifest.ts";
import { isForeignLayer } from "../registry/media-type.ts";
import { pushBlob } from "../registry/push-blob.ts";
import type { RegistrySession } from "../registry/session.ts";
import { PushReporter } from "./push-progress.ts";
import type { Reference } from "./reference.ts";
import { transferBlobs } from "./transfer-blobs.ts";

/** A repository of a registry, and the dealings with it. */
export interface Side {
  readonly session: RegistrySession;
  readonly reference: Reference;
}

/**
 * Brings blobs from one repository into another: within one registry by mounting them, else by passing them through.
 * What arrives is verified by the destination, which is told the digest. Throws as `pushBlob` and `fetchBlob`.
 */
export async function copyBlobs(
  source: Side,
  destination: Side,
  blobs: readonly Descriptor[],
  messages: JsonMessages,
): Promise<void> {
  const own = blobs.filter(({ mediaType }) => !isForeignLayer(mediaType));
  await transferBlobs(own, messages.signal, (blob, signal) =>
    copyBlob(source, destination, blob, { send: (message) => messages.send(message), signal }),
  );
}

async function copyBlob(source: Side, destination: Side, blob: Descriptor, messages: JsonMessages): Promise<void> {
  const { domain, path } = source.reference;
  const { signal } = messages;
  const isMountable = domain === destination.reference.domain && path !== destination.reference.path;
  const reporter = new PushReporter(messages, blob);
  const outcome = await pushBlob(destination.session, {
    repository: destination.reference.path,
    digest: blob.digest,
    size: blob.size,
    open: (offset) => Readable.from(fetchBlob(source.session, path, blob, { offset }, signal), { objectMode: false }),
    ...(isMountable && { mountFrom: path }),
    signal,
    onProgress: (bytes) => reporter.report(bytes),
  });
  reporter.end(outcome, path);
  await reporter.settled();
}
