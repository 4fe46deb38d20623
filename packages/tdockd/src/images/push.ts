import type { Input } from "@tdock/api/endpoint";
import type { imagePush } from "@tdock/api/images";
import { type JsonMessages, sendJsonMessages } from "@tdock/api/json-messages";
import type { Output } from "@tdock/api/output";
import { isError, TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { decodeCredentials } from "../registry/credentials.ts";
import { openSession, type RegistrySession } from "../registry/session.ts";
import { apartFromIndex } from "./apart-from-index.ts";
import type { ImageRecord } from "./image.ts";
import { imagesMeant } from "./index-members.ts";
import { offerLayers } from "./offer-layers.ts";
import { packImage } from "./pack-image.ts";
import { pushContent } from "./push-content.ts";
import {
  familiarName,
  formatFamiliar,
  formatReference,
  parseReference,
  type Reference,
  repositoryName,
} from "./reference.ts";
import { repositoryTags } from "./repository-tags.ts";
import { requestedPlatform } from "./requested-platform.ts";
import { withLayerBlobs } from "./with-layer-blobs.ts";

type PushEngine = Pick<
  Engine,
  | "arrivalLease"
  | "arrivals"
  | "arrivingFolder"
  | "blobs"
  | "config"
  | "containerd"
  | "disk"
  | "events"
  | "images"
  | "layers"
  | "registry"
>;

/**
 * Pushes a tag, or without one all tags of a repository; for one platform, its manifest without the index around it.
 * Progress goes out as Docker's JSON messages.
 */
export async function pushImage(engine: PushEngine, input: Input<typeof imagePush>, out: Output): Promise<void> {
  const { tag: nameTag, ...repository } = parseReference(input.name);
  if (repository.digest !== undefined) {
    throw new TdockError("invalid-argument", "cannot push a digest reference");
  }
  const tag = input.tag || nameTag;
  const references =
    tag === undefined ? await tagsHere(engine, repository) : [parseReference(`${repositoryName(repository)}:${tag}`)];
  const platform = requestedPlatform(input.platform);
  const images = await Promise.all(references.map(async (reference) => find(engine, reference, platform)));
  await sendJsonMessages(out, async (messages) => {
    await messages.send({ status: `The push refers to repository [${repositoryName(repository)}]` });
    const { domain } = repository;
    const credentials = decodeCredentials(input.registryAuth);
    const session = await openSession(engine.registry, domain, credentials, messages.signal);
    const fetcher = { signal: messages.signal, login: { domain, credentials } };
    for (const [index, found] of images.entries()) {
      const packed = await packImage(engine, found, messages.signal);
      const image = platform ? apartFromIndex(await engine.images.sibling(packed, platform)) : packed;
      const push = { image, reference: references[index] as Reference, messages };
      const members = await imagesMeant(engine, image);
      const there = new Set<string>();
      for (const member of members) {
        const offered = await offerLayers(engine, session, member, push.reference, messages.signal);
        for (const digest of offered) there.add(digest);
      }
      const send = () => pushOne(engine, session, push, there);
      await withAllBlobs(engine, members, { ...fetcher, except: there }, send);
    }
  });
}

/** Runs `work` with the blobs of several images stored. */
function withAllBlobs(
  engine: PushEngine,
  [image, ...others]: readonly ImageRecord[],
  fetcher: Parameters<typeof withLayerBlobs>[2],
  work: () => Promise<void>,
): Promise<void> {
  if (image === undefined) return work();
  return withLayerBlobs(engine, image, fetcher, () => withAllBlobs(engine, others, fetcher, work));
}

async function tagsHere(engine: PushEngine, repository: Reference): Promise<readonly Reference[]> {
  const tagged = await repositoryTags(engine, repository);
  if (tagged.length > 0) return tagged;
  throw new TdockError("not-found", `An image does not exist locally with the tag: ${familiarName(repository)}`);
}

async function find({ images }: PushEngine, reference: Reference, platform: string | undefined): Promise<ImageRecord> {
  return images.resolve(formatReference(reference), platform).catch((thrown) => {
    if (!isError(thrown, "not-found", "no-such-image")) throw thrown;
    throw new TdockError("not-found", `An image does not exist locally with the tag: ${formatFamiliar(reference)}`);
  });
}

async function pushOne(
  engine: PushEngine,
  session: RegistrySession,
  push: { readonly image: ImageRecord; readonly reference: Reference; readonly messages: JsonMessages },
  there: ReadonlySet<string>,
): Promise<void> {
  const { reference, messages } = push;
  const tag = reference.tag ?? "latest";
  const { digest, size } = await pushContent(engine, session, { ...push, there });
  await messages.send({ status: `${tag}: digest: ${digest} size: ${size}` });
  await messages.send({ progressDetail: {}, aux: { Tag: tag, Digest: digest, Size: size } });
  const name = formatFamiliar(reference);
  engine.events.emit({ type: "image", action: "push", id: name, attributes: { name: familiarName(reference) } });
}
