import { pipeline, type Readable, Transform } from "node:stream";
import { isError, TdockError } from "@tdock/errors/error";
import { discardBody } from "./exchange.ts";
import type { RegistryHost } from "./registry-host.ts";
import { callHost, callRegistry, type HostResponse, pushScopes, type RegistryCall } from "./request.ts";
import { Patience } from "./retry.ts";
import type { RegistrySession } from "./session.ts";

/** A blob to be uploaded. */
export interface BlobUpload {
  readonly repository: string;
  readonly digest: string;
  readonly size: number;
  /** Its bytes from an offset on. */
  open(offset: number): Readable;
  /** A repository of the same registry that is likely to have the blob. */
  readonly mountFrom?: string;
  readonly signal: AbortSignal;
  /** Told how many bytes the registry has been sent. */
  onProgress(bytes: number): void;
}

export type UploadOutcome = "exists" | "mounted" | "uploaded";

// What is no longer than this goes with the request that completes its upload.
const wholeBytes = 64 * 1024;

/** How far an upload is, and where it goes on. */
interface UploadPlace {
  readonly host: RegistryHost;
  readonly location: URL;
  readonly offset: number;
}

/**
 * Brings a blob into a repository: not at all when it is there, by reference from `mountFrom`, else by uploading it,
 * small ones in one piece. Who may not read `mountFrom` may write here all the same: it is done without, then.
 * An upload that breaks off goes on from where the registry says it got to, or from the start when the registry gave
 * it up. Throws as {@link callRegistry}, and `forbidden` when the registry wants the bytes sent to another origin.
 * Follows https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs.
 */
export async function pushBlob(session: RegistrySession, upload: BlobUpload): Promise<UploadOutcome> {
  return orWithoutMount(upload, async (one) => {
    if (await isThere(session, one)) return "exists";
    const started = await startUpload(session, one, one.mountFrom);
    if (started === "mounted") return "mounted";
    await uploadFrom(session, one, started);
    return "uploaded";
  });
}

/** What {@link offerBlob} takes. */
export type BlobOffer = Pick<BlobUpload, "repository" | "digest" | "mountFrom" | "signal">;

/**
 * Whether a blob is in a repository, or can be had from `mountFrom`: as {@link pushBlob}, without sending it. An upload
 * that the registry begins because it cannot mount is left for it to forget.
 */
export async function offerBlob(session: RegistrySession, offer: BlobOffer): Promise<boolean> {
  return orWithoutMount(offer, async (one) => {
    if (await isThere(session, one)) return true;
    return one.mountFrom !== undefined && (await startUpload(session, one, one.mountFrom)) === "mounted";
  });
}

async function orWithoutMount<B extends BlobOffer, T>(blob: B, bring: (blob: B) => Promise<T>): Promise<T> {
  try {
    return await bring(blob);
  } catch (thrown) {
    const isRefused = isError(thrown, "unauthorized") || isError(thrown, "forbidden");
    if (blob.mountFrom === undefined || !isRefused) throw thrown;
    const { mountFrom: _, ...alone } = blob;
    return bring(alone as B);
  }
}

async function uploadFrom(session: RegistrySession, upload: BlobUpload, start: UploadPlace): Promise<void> {
  const patience = new Patience(session.client.settings, upload.signal);
  const onProgress = (bytes: number) => {
    patience.moved();
    upload.onProgress(bytes);
  };
  let place = start;
  for (;;) {
    try {
      const sending = { ...upload, onProgress };
      if (!isSmall(upload, place)) place = await sendBytes(session, sending, place);
      return await complete(session, sending, place);
    } catch (thrown) {
      await patience.afterFailure(thrown, isLost(thrown) || undefined);
    }
    // The answer to what completed it may be what was lost.
    if (await isThere(session, upload)) return;
    const before = place.offset;
    place = await placeNow(session, upload, place);
    if (place.offset > before) patience.renew();
  }
}

function isSmall({ size }: BlobUpload, { offset }: UploadPlace): boolean {
  return offset === 0 && size <= wholeBytes;
}

/** Whether the registry no longer knows the upload, or is at another place of it. */
function isLost(thrown: unknown): boolean {
  return isError(thrown, "not-found") || (isError(thrown, "invalid-argument") && thrown.reason === "status-416");
}

async function isThere(session: RegistrySession, upload: BlobOffer): Promise<boolean> {
  const path = `/${upload.repository}/blobs/${upload.digest}`;
  const call = { ...uploadCall(upload), method: "HEAD", path, accept: [404] } as const;
  const response = await callRegistry(session, call);
  discardBody(response);
  return response.status === 200;
}

async function startUpload(
  session: RegistrySession,
  upload: BlobOffer,
  mountFrom?: string,
): Promise<UploadPlace | "mounted"> {
  const { repository, digest } = upload;
  const query = mountFrom === undefined ? "" : `?${new URLSearchParams({ mount: digest, from: mountFrom })}`;
  const headers = { "content-length": "0" };
  const path = `/${repository}/blobs/uploads/${query}`;
  const response = await callRegistry(session, { ...uploadCall(upload), method: "POST", path, headers });
  discardBody(response);
  if (response.status === 201) return "mounted";
  return { host: response.host, location: locationOf(response), offset: 0 };
}

/** Sends what is missing. Resolves to the address that completes the upload. */
async function sendBytes(session: RegistrySession, upload: BlobUpload, place: UploadPlace): Promise<UploadPlace> {
  if (place.offset === upload.size) return place;
  const response = await callHost(session, place.host, patchCall(upload, place));
  discardBody(response);
  return { host: place.host, location: locationOf(response), offset: upload.size };
}

/** Says that all is there, and sends with it what was not sent before. */
async function complete(session: RegistrySession, upload: BlobUpload, place: UploadPlace): Promise<void> {
  const path = new URL(place.location);
  path.searchParams.set("digest", upload.digest);
  const length = upload.size - place.offset;
  const headers = { "content-type": "application/octet-stream", "content-length": String(length) };
  const body = length > 0 && { body: () => bytesFrom(upload, place) };
  discardBody(await callHost(session, place.host, { ...uploadCall(upload), method: "PUT", path, headers, ...body }));
}

function patchCall(upload: BlobUpload, place: UploadPlace): RegistryCall {
  const { location, offset } = place;
  const headers = {
    "content-type": "application/octet-stream",
    "content-length": String(upload.size - offset),
    "content-range": `${offset}-${upload.size - 1}`,
  };
  const body = () => bytesFrom(upload, place);
  return { ...uploadCall(upload), method: "PATCH", path: location, headers, body };
}

function bytesFrom({ open, onProgress }: BlobUpload, { offset }: UploadPlace): Readable {
  return counted(open(offset), offset, onProgress);
}

/** The same bytes, at the pace of whoever reads them. */
function counted(bytes: Readable, offset: number, onProgress: (bytes: number) => void): Readable {
  let sent = offset;
  const counting = new Transform({
    transform(chunk: Buffer, _, done) {
      sent += chunk.length;
      onProgress(sent);
      done(null, chunk);
    },
  });
  // Whoever reads is told of a failure; the rest of the bytes is given up with it.
  return pipeline(bytes, counting, () => undefined);
}

/** Asks where an upload goes on; where the registry gave it up, a new one is started. */
async function placeNow(session: RegistrySession, upload: BlobUpload, place: UploadPlace): Promise<UploadPlace> {
  try {
    return await whereItStopped(session, upload, place);
  } catch (thrown) {
    if (!isError(thrown, "not-found") && !isError(thrown, "invalid-argument")) throw thrown;
  }
  const started = await startUpload(session, upload);
  if (started !== "mounted") return started;
  throw new TdockError("unavailable", `${place.host.origin}: answered an upload as if it were a mount`);
}

/** Asks an upload how far it is: `Range: 0-99` means 100 bytes. */
async function whereItStopped(
  session: RegistrySession,
  upload: BlobUpload,
  { host, location }: UploadPlace,
): Promise<UploadPlace> {
  const response = await callHost(session, host, { ...uploadCall(upload), method: "GET", path: location });
  discardBody(response);
  const { range } = response.headers;
  const [, last] = (typeof range === "string" ? range : "").match(/^(?:bytes=)?0-(\d{1,16})$/) ?? [];
  // docker-registry says 0-0 of an upload that has nothing yet, and of one that has a single byte.
  const offset = last === undefined || last === "0" ? 0 : Number(last) + 1;
  return { host, location: locationOf(response, location), offset: Math.min(offset, upload.size) };
}

/** The upload's address, which must not leave the registry: its bytes and the user's token go there. */
function locationOf({ headers, host, url }: HostResponse, otherwise?: URL): URL {
  const text = headers.location;
  if (typeof text !== "string" && otherwise !== undefined) return otherwise;
  const location = typeof text === "string" ? URL.parse(text, url) : null;
  if (location?.origin === host.origin) return location;
  throw new TdockError("forbidden", `${host.origin}: refused to upload to ${location?.origin ?? "no address"}`);
}

function uploadCall({ repository, mountFrom, signal }: BlobOffer) {
  return { capability: "push", scopes: pushScopes(repository, mountFrom), signal } as const;
}
