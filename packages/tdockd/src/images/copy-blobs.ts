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
  const isMountable = domain === destination.reference.domain && path !== destination.reference.path;
  const reporter = new PushReporter(messages, blob);
  const reading = new SourceReading(source, blob, messages.signal);
  const outcome = await pushBlob(destination.session, {
    repository: destination.reference.path,
    digest: blob.digest,
    size: blob.size,
    open: (offset) => Readable.from(reading.from(offset), { objectMode: false }),
    ...(isMountable && { mountFrom: path }),
    signal: reading.signal,
    onProgress: (bytes) => reporter.report(bytes),
  }).catch((thrown) => {
    throw reading.failure ?? thrown;
  });
  reporter.end(outcome, path);
  await reporter.settled();
}

/** A blob as its source gives it. When it cannot be had, that ends the upload: trying that again would not help. */
class SourceReading {
  readonly #source: Side;
  readonly #blob: Descriptor;
  readonly #outer: AbortSignal;
  readonly #ending = new AbortController();
  /** Why it cannot be had. */
  failure: unknown;

  constructor(source: Side, blob: Descriptor, outer: AbortSignal) {
    this.#source = source;
    this.#blob = blob;
    this.#outer = outer;
  }

  get signal(): AbortSignal {
    return AbortSignal.any([this.#outer, this.#ending.signal]);
  }

  async *from(offset: number): AsyncGenerator<Buffer> {
    const { session, reference } = this.#source;
    try {
      yield* fetchBlob(session, reference.path, this.#blob, { offset }, this.#outer);
    } catch (thrown) {
      this.failure = thrown;
      this.#ending.abort();
      throw thrown;
    }
  }
}
