import type { Input } from "@tdock/api/endpoint";
import type { indexPush, ManifestPlatform } from "@tdock/api/registry";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { decodeCredentials } from "../registry/credentials.ts";
import { digestOf } from "../registry/digest.ts";
import { fetchTree, type ImageTree } from "../registry/fetch-tree.ts";
import { dockerListType, dockerManifestType, isIndexType, ociIndexType } from "../registry/media-type.ts";
import { pushManifest } from "../registry/push-manifest.ts";
import { openSession } from "../registry/session.ts";
import { copyBlobs, type Side } from "./copy-blobs.ts";
import { formatFamiliar, parseReference, withDefaultTag } from "./reference.ts";

/** An image that is to be in an index. */
interface Member {
  readonly tree: ImageTree;
  readonly platform: ManifestPlatform;
}

/**
 * `POST /distribution/{name}/index`: puts an index over images of the same registry under a tag. Images of other
 * repositories are mounted first. All-Docker images get a Docker manifest list, others an OCI index. Throws
 * `invalid-argument` for an image of another registry, one without a digest, and an index among the images.
 */
export async function pushIndex(
  { registry }: Pick<Engine, "registry">,
  { name, registryAuth, body }: Input<typeof indexPush>,
  signal: AbortSignal,
): Promise<{ Digest: string }> {
  const reference = withDefaultTag(parseReference(name));
  if (reference.digest !== undefined) throw new TdockError("invalid-argument", "an index is pushed to a tag");
  const session = await openSession(registry, reference.domain, decodeCredentials(registryAuth), signal);
  const destination = { session, reference };
  const members: Member[] = [];
  for (const { from, platform } of body.manifests) {
    members.push({ tree: await bringMember(destination, from, signal), platform });
  }
  const { mediaType, bytes } = indexOver(members);
  const tag = reference.tag ?? "latest";
  await pushManifest(session, { repository: reference.path, reference: tag, mediaType, bytes, signal });
  return { Digest: digestOf(bytes) };
}

/** Sees to it that the destination's repository has an image. */
async function bringMember(destination: Side, from: string, signal: AbortSignal): Promise<ImageTree> {
  const reference = parseReference(from);
  const { session, reference: target } = destination;
  if (reference.domain !== target.domain) {
    const text = `${from} is in another registry than ${formatFamiliar(target)}: copy it there first`;
    throw new TdockError("invalid-argument", text);
  }
  if (reference.digest === undefined) throw new TdockError("invalid-argument", `wanted a digest, got ${from}`);
  const tree = await fetchTree(session, reference.path, reference.digest, signal);
  if (isIndexType(tree.top.mediaType)) throw new TdockError("invalid-argument", `${from} is a manifest list itself`);
  if (reference.path === target.path) return tree;
  await copyBlobs({ session, reference }, destination, tree.blobs, { signal, send: () => Promise.resolve() });
  for (const { descriptor, bytes } of tree.documents) {
    const { digest, mediaType } = descriptor;
    await pushManifest(session, { repository: target.path, reference: digest, mediaType, bytes, signal });
  }
  return tree;
}

function indexOver(members: readonly Member[]): { readonly mediaType: string; readonly bytes: Buffer } {
  const isDocker = members.every(({ tree }) => tree.top.mediaType === dockerManifestType);
  const mediaType = isDocker ? dockerListType : ociIndexType;
  const manifests = members.map(({ tree: { top }, platform }) => ({
    mediaType: top.mediaType,
    digest: top.digest,
    size: top.size,
    platform,
  }));
  return { mediaType, bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }, null, 3)) };
}
