import { decodeJsonLines } from "@tdock/api/json-lines";
import type { Output } from "@tdock/api/output";
import { isError, TdockError } from "@tdock/errors/error";
import type { ImageRecord } from "../images/image.ts";
import { pullImage } from "../images/pull.ts";
import { formatFamiliar, formatReference, parseReference, withDefaultTag } from "../images/reference.ts";
import type { Credentials } from "../registry/credentials.ts";
import { isIndexType } from "../registry/media-type.ts";
import { hostPlatform, platformScore } from "../registry/platform.ts";
import type { BuildEngine } from "./build-engine.ts";
import type { Progress, Vertex } from "./progress/progress.ts";
import type { BuildRun } from "./solve/build-run.ts";

export interface ImageFinder {
  readonly engine: BuildEngine;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly pull: boolean;
  /** Digests by full reference, when only those may be used. */
  readonly locked: ReadonlyMap<string, string> | undefined;
  credentials(domain: string): Promise<Credentials | undefined>;
}

/**
 * The images that builds stand on: local ones first, else pulled; with `pull` the registry is always asked. Each
 * is looked for once a build. Throws `not-found` (reason `not-locked`) for a tag without a row in the lock, where there is one.
 */
export function createImageFinder(finder: ImageFinder): BuildRun["image"] {
  const found = new Map<string, Promise<ImageRecord>>();
  return (reference, platform, line) => {
    const key = `${platform} ${reference}`;
    const image = found.get(key) ?? findAndNote(finder, reference, platform, line);
    found.set(key, image);
    return image;
  };
}

async function findAndNote(finder: ImageFinder, ...wanted: Parameters<BuildRun["image"]>): Promise<ImageRecord> {
  const image = await findImage(finder, ...wanted);
  finder.engine.lastUse.touch(image.id, finder.engine.now());
  return image;
}

async function findImage(
  finder: ImageFinder,
  ...[reference, platform, line]: Parameters<BuildRun["image"]>
): Promise<ImageRecord> {
  const { engine } = finder;
  // No registry is asked for an ID: it says already which image it is.
  if (isImageId(reference)) return engine.images.resolve(reference, platform);
  const locked = lockedDigest(finder, reference);
  const wanted = locked === undefined ? reference : `${reference}@${locked}`;
  if (!finder.pull) {
    const local = (await findHere(engine, wanted, platform)) ?? (await findMislabelled(engine, wanted, platform));
    if (local !== undefined && (platform !== "" || isMeant(local))) return local;
  }
  const title = `[internal] pull ${reference}${platform && ` for ${platform}`}`;
  await finder.progress.run(title, line, (vertex) => pull(finder, { reference, platform, locked }, vertex));
  return engine.images.resolve(wanted, platform);
}

function isImageId(reference: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(reference);
}

async function findHere({ images }: BuildEngine, wanted: string, platform: string): Promise<ImageRecord | undefined> {
  return images.find(wanted, platform).catch((thrown) => {
    if (isError(thrown, "not-found")) return undefined;
    throw thrown;
  });
}

/** An image that is for one platform only stands for any, as with BuildKit: a warning says so. */
async function findMislabelled(
  engine: BuildEngine,
  wanted: string,
  platform: string,
): Promise<ImageRecord | undefined> {
  const local = platform === "" ? undefined : await findHere(engine, wanted, "");
  return local !== undefined && !isIndexType(local.target.mediaType) ? local : undefined;
}

/** Of an index, another platform's image is taken unasked only where the name was made to mean it. */
function isMeant({ target, os, architecture, variant }: ImageRecord): boolean {
  if (target.platform !== undefined || !isIndexType(target.mediaType)) return true;
  return platformScore(hostPlatform(), { os, architecture, ...(variant !== undefined && { variant }) }) > 0;
}

function lockedDigest({ locked }: ImageFinder, text: string): string | undefined {
  const reference = withDefaultTag(parseReference(text));
  if (locked === undefined || reference.digest !== undefined) return undefined;
  const digest = locked.get(formatReference(reference));
  if (digest !== undefined) return digest;
  const name = formatFamiliar(reference);
  throw new TdockError("not-found", `${name} is not in tdock.lock: add it with "tdock lock ${name}"`, {
    reason: "not-locked",
  });
}

interface Wanted {
  readonly reference: string;
  readonly platform: string;
  readonly locked: string | undefined;
}

async function pull(finder: ImageFinder, { reference, platform, locked }: Wanted, vertex: Vertex): Promise<void> {
  const { domain, tag, digest } = parseReference(reference);
  const credentials = await finder.credentials(domain);
  const registryAuth = credentials && Buffer.from(JSON.stringify(toAuthConfig(credentials))).toString("base64url");
  const input = {
    fromImage: reference,
    ...(tag === undefined && digest === undefined && { tag: "latest" }),
    ...(platform !== "" && { platform }),
    ...(locked !== undefined && { locked }),
    ...(registryAuth !== undefined && { registryAuth }),
  };
  await pullImage(finder.engine, input, outputTo(vertex, finder.signal), { renames: false });
}

function toAuthConfig({ username, password, identityToken, registryToken, serverAddress }: Credentials) {
  return {
    username,
    password,
    identitytoken: identityToken,
    registrytoken: registryToken,
    serveraddress: serverAddress,
  };
}

interface PullMessage {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
}

/** Lets the pull report to a vertex as it would to a client. Its last error is thrown, not written. */
function outputTo(vertex: Vertex, signal: AbortSignal): Output {
  return {
    signal,
    apiVersion: "1.41",
    begin() {},
    async write(chunk) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      for await (const message of decodeJsonLines<PullMessage>(one(bytes))) report(vertex, message);
    },
    pipe: () => Promise.reject(new Error("a pull writes messages")),
  };
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function report(vertex: Vertex, { id, status, progressDetail, error }: PullMessage): void {
  if (error !== undefined) throw new Error(error);
  if (id === undefined || status === undefined) return;
  vertex.status(`${id} ${status}`, progressDetail?.current ?? 0, progressDetail?.total ?? 0);
}
