import { Readable } from "node:stream";
import type { Input } from "@tdock/api/endpoint";
import type { imageCopy } from "@tdock/api/images";
import { type JsonMessages, sendJsonMessages } from "@tdock/api/json-messages";
import type { Output } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { decodeCredentials } from "../registry/credentials.ts";
import { fetchBlob } from "../registry/fetch-blob.ts";
import { fetchTree } from "../registry/fetch-tree.ts";
import type { Descriptor } from "../registry/manifest.ts";
import { isForeignLayer } from "../registry/media-type.ts";
import { pushBlob } from "../registry/push-blob.ts";
import { pushManifest } from "../registry/push-manifest.ts";
import { openSession, type RegistrySession } from "../registry/session.ts";
import { pullError } from "./pull-error.ts";
import { PushReporter } from "./push-progress.ts";
import { formatFamiliar, parseReference, type Reference, withDefaultTag } from "./reference.ts";
import { transferBlobs } from "./transfer-blobs.ts";

/** One side of a copy. */
interface Side {
  readonly session: RegistrySession;
  readonly reference: Reference;
}

/**
 * `POST /images/copy`: brings an image, or a whole index, from one registry into another. Blobs pass through without
 * being kept; within one registry they are mounted. The destination's tag is set last, so it never names less than all.
 * Throws `invalid-argument` when a name is missing or the destination is a digest, else as `pullImage` and `pushImage`.
 */
export async function copyImage(
  { registry }: Pick<Engine, "registry">,
  input: Input<typeof imageCopy>,
  out: Output,
): Promise<void> {
  const from = withDefaultTag(parseReference(input.from ?? ""));
  const to = withDefaultTag(parseReference(input.to ?? ""));
  if (to.digest !== undefined) {
    throw new TdockError("invalid-argument", `cannot copy to a digest: ${formatFamiliar(to)}; name a tag`);
  }
  const source = await open(registry, from, input.sourceAuth);
  const destination = await open(registry, to, input.registryAuth);
  await sendJsonMessages(out, (messages) => copy(source, destination, messages));
}

async function open(registry: Engine["registry"], reference: Reference, auth: string | undefined): Promise<Side> {
  return { reference, session: await openSession(registry, reference.domain, decodeCredentials(auth)) };
}

async function copy(source: Side, destination: Side, messages: JsonMessages): Promise<void> {
  const { signal } = messages;
  const what = source.reference.digest ?? source.reference.tag ?? "latest";
  const { top, documents, blobs } = await fetchTree(source.session, source.reference.path, what, signal).catch(
    (thrown) => {
      throw pullError(thrown, source.reference, source.session.hasCredentials);
    },
  );
  await messages.send({
    status: `Copying ${formatFamiliar(source.reference)} to ${formatFamiliar(destination.reference)}`,
  });
  const own = blobs.filter(({ mediaType }) => !isForeignLayer(mediaType));
  await transferBlobs(own, signal, (blob, signal) => copyBlob(source, destination, blob, { ...messages, signal }));
  const { path: repository, tag = "latest" } = destination.reference;
  for (const { descriptor, bytes } of documents) {
    const { digest, mediaType } = descriptor;
    const reference = digest === top.digest ? tag : digest;
    await pushManifest(destination.session, { repository, reference, mediaType, bytes, signal });
  }
  await messages.send({ status: `${tag}: digest: ${top.digest} size: ${top.size}` });
}

/** What arrives is verified by the destination, which was told the digest: a registry keeps nothing under a wrong one. */
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
