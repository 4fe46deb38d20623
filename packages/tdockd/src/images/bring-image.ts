import type { JsonMessages } from "@tdock/api/json-messages";
import { isError, TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { matchesDigest } from "../registry/digest.ts";
import { fetchBlob } from "../registry/fetch-blob.ts";
import type { Descriptor } from "../registry/manifest.ts";
import { isConfigType } from "../registry/media-type.ts";
import { formatPlatform, type Platform, platformScore } from "../registry/platform.ts";
import type { ResolvedImage } from "../registry/resolve.ts";
import type { RegistrySession } from "../registry/session.ts";
import type { ImageRecord, Target } from "./image.ts";
import { configLimitBytes, type ImageConfigFile, parseImageConfig } from "./image-config.ts";
import { layerPlaces } from "./layer-places.ts";
import type { LayerPlace } from "./layer-store.ts";
import { LayerReporter } from "./pull-progress.ts";
import { recordArrival } from "./record-image.ts";
import { formatFamiliar, formatReference, type Reference } from "./reference.ts";

type BringEngine = Pick<Engine, "arrivals" | "blobs" | "disk" | "images" | "arrivalLease" | "layers" | "unsynced">;

/** An image whose manifest is known and whose layers are to be brought. */
export interface ImageRequest {
  readonly session: RegistrySession;
  readonly reference: Reference;
  readonly platform: Platform | undefined;
  readonly resolved: ResolvedImage;
  /** Layers that are unpacked need no blob. */
  readonly discard: boolean;
  /** The name of an index is to mean `platform`; else it means what it meant. */
  readonly renames: boolean;
  readonly messages: JsonMessages;
}

/**
 * Whether every document, read through, snapshot and, unless `unpackedOnly`, blob of an image is there. containerd keeps
 * a snapshot as long as there is one on top of it: the topmost stands for all.
 */
export async function isComplete(
  { blobs, layers }: Pick<Engine, "blobs" | "layers">,
  { manifestBlob, manifest, diffIds }: ImageRecord,
  { unpackedOnly }: { readonly unpackedOnly: boolean },
): Promise<boolean> {
  const places = layerPlaces(manifest.layers, diffIds);
  const top = places.at(-1);
  for (const { digest } of [manifestBlob, manifest.config]) if (await blobs.dropIfDamaged(digest)) return false;
  const parts = [manifest.config, ...(unpackedOnly ? [] : places.map(({ blob }) => blob))];
  const found = await Promise.all([
    blobs.hasWithParts(manifestBlob, parts),
    ...(top === undefined ? [] : [layers.isUnpacked(top)]),
  ]);
  return found.every(Boolean);
}

/** Then the lease keeps it. */
async function isThere(
  { blobs, layers }: Pick<Engine, "blobs" | "layers">,
  place: LayerPlace,
  { unpackedOnly, lease }: { readonly unpackedOnly: boolean; readonly lease: string },
): Promise<boolean> {
  return (await layers.hold(place, lease)) && (unpackedOnly || (await blobs.hold(place.blob, lease)));
}

/**
 * Brings all missing layers at once and records the image under its name, once everything is verified.
 * Resolves to whether the name is new or now means something else. Until then the image is not there.
 */
export async function bringImage(engine: BringEngine, request: ImageRequest): Promise<boolean> {
  const { reference, resolved } = request;
  const name = formatReference(reference);
  const before = (await engine.images.names()).find((one) => one.name === name)?.target;
  const meant = meantPlatform(request, before);
  await engine.arrivalLease.with(async (lease) => {
    const { config, layers } = resolved.manifest.document;
    const configBytes = await readConfig(engine, request, config);
    const configFile = parseImageConfig(configBytes);
    checkPlatform(configFile, request);
    await bringLayers(engine, request, layerPlaces(layers, configFile.rootfs.diff_ids), lease);
    await recordArrival(engine, {
      lease,
      name,
      repository: { domain: reference.domain, path: reference.path },
      target: resolved.target,
      ...(meant !== undefined && resolved.indexes.length > 0 && { platform: meant }),
      indexes: resolved.indexes,
      manifest: resolved.manifest,
      configBytes,
      diffIds: configFile.rootfs.diff_ids,
    });
  });
  return before?.digest !== resolved.target.descriptor.digest;
}

/** Which image of an index the name is to mean; `undefined` for this machine's. */
export function meantPlatform(
  { platform, renames, resolved }: ImageRequest,
  before: Target | undefined,
): string | undefined {
  if (renames) return platform && formatPlatform(platform);
  return before?.digest === resolved.target.descriptor.digest ? before.platform : undefined;
}

/** Starts them bottom up, waits for all, and ends all when one fails. */
async function bringLayers(
  engine: BringEngine,
  request: ImageRequest,
  places: readonly LayerPlace[],
  lease: string,
): Promise<void> {
  const { session, reference, discard, messages } = request;
  const ending = new AbortController();
  const signal = AbortSignal.any([messages.signal, ending.signal]);
  const present = await Promise.all(places.map((place) => isThere(engine, place, { unpackedOnly: discard, lease })));
  const brought = places.map((layer, index) => {
    const reporter = new LayerReporter(messages, layer.blob.digest);
    reporter.say(present[index] ? "Already exists" : "Pulling fs layer");
    if (present[index]) return reporter.settled();
    const source = { session, repository: reference.path };
    return engine.arrivals
      .bring({ source, layer, signal, onProgress: (progress) => reporter.report(progress) })
      .then(() => reporter.settled());
  });
  for (const one of brought) one.catch(() => ending.abort());
  const outcomes = await Promise.allSettled(brought);
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  const cause = failures.find((failure) => !isError(failure, "canceled")) ?? failures[0];
  if (cause !== undefined) throw cause;
}

/** The configuration that is here, whole, else the registry's. */
async function readConfig(
  { blobs }: Pick<Engine, "blobs">,
  { session, reference, messages }: ImageRequest,
  config: Descriptor,
): Promise<Buffer> {
  if (!isConfigType(config.mediaType)) {
    throw new TdockError("invalid-argument", `not a container image: its configuration is ${config.mediaType}`);
  }
  if (config.size > configLimitBytes) {
    throw new TdockError("invalid-argument", `image configuration is over ${configLimitBytes} bytes`);
  }
  const stored = await blobs.read(config.digest, configLimitBytes).catch(() => undefined);
  if (stored !== undefined) return stored;
  const chunks = await Array.fromAsync(fetchBlob(session, reference.path, config, { offset: 0 }, messages.signal));
  const bytes = Buffer.concat(chunks);
  if (matchesDigest(bytes, config.digest)) return bytes;
  throw new TdockError("invalid-argument", `image config verification failed for digest ${config.digest}`, {
    reason: "wrong-digest",
  });
}

function checkPlatform(config: ImageConfigFile, { platform, reference }: ImageRequest): void {
  const offered = {
    os: config.os,
    architecture: config.architecture,
    ...(config.variant && { variant: config.variant }),
  };
  if (config.os !== "linux") {
    throw new TdockError("invalid-argument", `image operating system "${config.os}" cannot be used on this platform`);
  }
  if (platform === undefined || platformScore(platform, offered) > 0) return;
  throw new TdockError(
    "not-found",
    `image with reference ${formatFamiliar(reference)} was found but does not match the specified platform: ` +
      `wanted ${formatPlatform(platform)}, actual: ${formatPlatform(offered)}`,
    { reason: "no-platform" },
  );
}
