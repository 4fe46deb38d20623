import type { Input } from "@tdock/api/endpoint";
import type { imagePull } from "@tdock/api/images";
import { type JsonMessages, sendJsonMessages } from "@tdock/api/json-messages";
import type { Output } from "@tdock/api/output";
import { isError, TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { decodeCredentials } from "../registry/credentials.ts";
import { isDigest } from "../registry/digest.ts";
import { listTags } from "../registry/list-tags.ts";
import { isIndexType } from "../registry/media-type.ts";
import { hostPlatform, type Platform, parsePlatform } from "../registry/platform.ts";
import { headDigest, type ResolvedImage, resolveImage } from "../registry/resolve.ts";
import { openSession, type RegistrySession } from "../registry/session.ts";
import { bringImage, isComplete } from "./bring-image.ts";
import { checkLock } from "./check-lock.ts";
import { discardLayers } from "./discard-layers.ts";
import type { ImageRecord } from "./image.ts";
import { nameAgain } from "./name-again.ts";
import { pullError } from "./pull-error.ts";
import {
  familiarName,
  formatFamiliar,
  formatReference,
  parseReference,
  type Reference,
  repositoryName,
} from "./reference.ts";
import { dropDamaged } from "./with-layer-blobs.ts";

type PullEngine = Pick<
  Engine,
  | "arrivalLease"
  | "arrivals"
  | "blobs"
  | "config"
  | "containerd"
  | "disk"
  | "events"
  | "images"
  | "layers"
  | "registry"
  | "unsynced"
>;

/** One image to be pulled, and who is told about it. */
interface Pull {
  readonly session: RegistrySession;
  readonly reference: Reference;
  readonly platform: Platform | undefined;
  /** The digest that the tag has to have. */
  readonly locked: string | undefined;
  /** Read what is here through, and bring what is damaged anew. */
  readonly verify: boolean;
  /** Keep layers only unpacked. */
  readonly discard: boolean;
  /** The name is then to mean the platform that was asked for. */
  readonly renames: boolean;
  readonly messages: JsonMessages;
}

/**
 * Pulls an image, or with neither tag nor digest all tags of a repository. Progress goes out as Docker's JSON messages.
 * Throws `not-found`, `unauthorized`, `unavailable` … before anything was sent, in Docker's words; `conflict` when a tag
 * is not what it is locked to. With a platform, the name of an index is then to mean that one, unless `renames` is
 * false: builds need other platforms' images beside this machine's.
 */
export async function pullImage(
  engine: PullEngine,
  input: Input<typeof imagePull>,
  out: Output,
  { renames = true } = {},
): Promise<void> {
  const reference = requestedReference(input.fromImage ?? "", input.tag ?? "");
  const platform = input.platform ? parsePlatform(input.platform) : undefined;
  const credentials = decodeCredentials(input.registryAuth);
  const locked = lockOf(input.locked, reference);
  const { verify = false } = input;
  const discard = input.discard ?? engine.config.discardUnpacked;
  await sendJsonMessages(out, async (messages) => {
    const session = await openSession(engine.registry, reference.domain, credentials, messages.signal);
    for (const one of await expandTags(session, reference, messages.signal)) {
      await pullOne(engine, { session, reference: one, platform, locked, discard, verify, renames, messages });
    }
  });
}

function lockOf(locked: string | undefined, { tag, digest }: Reference): string | undefined {
  if (!locked) return undefined;
  if (!isDigest(locked))
    throw new TdockError("invalid-argument", `locked: wanted a digest, got ${locked.slice(0, 80)}`);
  if (tag !== undefined && digest === undefined) return locked;
  throw new TdockError("invalid-argument", "locked: only a tag is locked to a digest");
}

/** Docker's rules for `fromImage` and `tag`: a tag, or digest, in the second parameter wins. */
function requestedReference(fromImage: string, tag: string): Reference {
  if (fromImage === "") throw new TdockError("invalid-argument", "invalid reference format");
  const { domain, path, ...rest } = parseReference(fromImage);
  if (tag === "") return { domain, path, ...rest };
  if (isDigest(tag)) return { domain, path, digest: tag };
  return parseReference(`${domain}/${path}:${tag}`);
}

async function expandTags(
  session: RegistrySession,
  reference: Reference,
  signal: AbortSignal,
): Promise<readonly Reference[]> {
  if (reference.tag !== undefined || reference.digest !== undefined) return [reference];
  try {
    const tags = await listTags(session, reference.path, signal);
    return tags.map((tag) => parseReference(`${repositoryName(reference)}:${tag}`));
  } catch (thrown) {
    throw pullError(thrown, reference, session.hasCredentials);
  }
}

async function pullOne(engine: PullEngine, pull: Pull): Promise<void> {
  const { reference, messages } = pull;
  const here = await engine.images.find(formatReference(reference), platformText(pull.platform)).catch(() => undefined);
  if (pull.verify && here !== undefined) await dropDamaged(engine, here);
  let isNew = false;
  let digest = here?.target.digest ?? "";
  try {
    if (here === undefined || !(await isUpToDate(engine, pull, digest))) {
      const resolved = await resolve(pull);
      digest = resolved.target.descriptor.digest;
      checkLock(reference, pull.locked, digest);
      await messages.send({ status: `Pulling from ${reference.path}`, id: reference.tag ?? reference.digest });
      isNew = (await nameAgain(engine, { ...pull, resolved })) || (await bringImage(engine, { ...pull, resolved }));
    } else {
      await messages.send({ status: `Pulling from ${reference.path}`, id: reference.tag ?? reference.digest });
      await nameByDigest(engine, pull, here);
    }
  } catch (thrown) {
    const isUsable = here !== undefined && (pull.locked ?? digest) === digest;
    if (!isUsable || !isError(thrown, "unavailable", "rate-limited")) throw thrown;
    await messages.send({ status: `Warning: ${thrown.message}; using the local copy` });
  }
  if (pull.discard) await discardBlobs(engine, pull);
  await messages.send({ status: `Digest: ${digest}` });
  await messages.send({ status: `Status: ${outcome(isNew)} ${formatFamiliar(reference)}` });
  engine.events.emit({
    type: "image",
    action: "pull",
    id: formatFamiliar(reference),
    attributes: { name: familiarName(reference) },
  });
}

/** What is here by a tag only is to be found by its digest also when the tag has moved. */
async function nameByDigest(
  { images }: PullEngine,
  { reference }: Pull,
  { names, target }: ImageRecord,
): Promise<void> {
  const name = formatReference(reference);
  if (reference.digest !== undefined && !names.includes(name)) await images.setName(name, target);
}

async function discardBlobs(engine: PullEngine, { reference, platform }: Pull): Promise<void> {
  const image = await engine.images.resolve(formatReference(reference), platformText(platform));
  if (await isComplete(engine, image, { unpackedOnly: true })) await discardLayers(engine, image, reference);
}

function outcome(isNew: boolean): string {
  return isNew ? "Downloaded newer image for" : "Image is up to date for";
}

/** HEAD first: where the tag still names what is here, whole, nothing is fetched, and no rate limit counts it. */
async function isUpToDate(engine: PullEngine, pull: Pull, digest: string) {
  const { session, reference, platform, messages } = pull;
  const isFixed = reference.digest !== undefined;
  const found = isFixed
    ? reference.digest
    : await headDigest(session, reference.path, reference.tag ?? "latest", messages.signal);
  if (found !== undefined) checkLock(reference, pull.locked, found);
  if (found !== digest) return false;
  const wanted = platformText(platform ?? hostPlatform());
  // What cannot be read is brought anew.
  const image = await engine.images.find(formatReference(reference), wanted).catch(() => undefined);
  if (image === undefined || !meansWanted(image, pull)) return false;
  return isComplete(engine, image, { unpackedOnly: pull.discard });
}

/** Whether the name of an index means the platform that is asked for, and not the one that was asked for before. */
function meansWanted({ target }: ImageRecord, { platform, renames }: Pull): boolean {
  return !renames || !isIndexType(target.mediaType) || target.platform === platformText(platform);
}

async function resolve({ session, reference, platform, messages }: Pull): Promise<ResolvedImage> {
  const what = reference.digest ?? reference.tag ?? "latest";
  try {
    return await resolveImage(session, reference.path, what, platform ?? hostPlatform(), messages.signal);
  } catch (thrown) {
    throw pullError(thrown, reference, session.hasCredentials);
  }
}

function platformText(platform: Platform | undefined): string | undefined {
  return platform && [platform.os, platform.architecture, platform.variant].filter(Boolean).join("/");
}
