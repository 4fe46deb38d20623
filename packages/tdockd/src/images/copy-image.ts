import type { Input } from "@tdock/api/endpoint";
import type { imageCopy } from "@tdock/api/images";
import { type JsonMessages, sendJsonMessages } from "@tdock/api/json-messages";
import type { Output } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { decodeCredentials } from "../registry/credentials.ts";
import { fetchTree } from "../registry/fetch-tree.ts";
import { pushManifest } from "../registry/push-manifest.ts";
import { openSession } from "../registry/session.ts";
import { copyBlobs, type Side } from "./copy-blobs.ts";
import { pullError } from "./pull-error.ts";
import { formatFamiliar, parseReference, type Reference, withDefaultTag } from "./reference.ts";

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
  await sendJsonMessages(out, async (messages) => {
    const source = await open(registry, from, input.sourceAuth, messages.signal);
    const destination = await open(registry, to, input.registryAuth, messages.signal);
    await copy(source, destination, messages);
  });
}

async function open(
  registry: Engine["registry"],
  reference: Reference,
  auth: string | undefined,
  signal: AbortSignal,
): Promise<Side> {
  return { reference, session: await openSession(registry, reference.domain, decodeCredentials(auth), signal) };
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
  await copyBlobs(source, destination, blobs, messages);
  const { path: repository, tag = "latest" } = destination.reference;
  for (const { descriptor, bytes } of documents) {
    const { digest, mediaType } = descriptor;
    const reference = digest === top.digest ? tag : digest;
    await pushManifest(destination.session, { repository, reference, mediaType, bytes, signal });
  }
  await messages.send({ status: `${tag}: digest: ${top.digest} size: ${top.size}` });
}
