import type { Readable } from "node:stream";
import { isError, TdockError } from "@tdock/errors/error";
import { discardBody } from "./exchange.ts";
import type { RegistryHost } from "./registry-host.ts";
import { callHost, callRegistry, type HostResponse, pushScopes, type RegistryCall } from "./request.ts";
import { backOff } from "./retry.ts";
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

/**
 * Brings a blob into a repository: not at all when it is there, by reference from `mountFrom`, else by uploading it.
 * An upload that breaks off goes on from where the registry says it got to. Throws as {@link callRegistry}, and
 * `forbidden` when the registry wants the bytes sent to another origin.
 * Follows https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs.
 */
export async function pushBlob(session: RegistrySession, upload: BlobUpload): Promise<UploadOutcome> {
  if (await isThere(session, upload)) return "exists";
  const started = await startUpload(session, upload);
  discardBody(started);
  if (started.status === 201) return "mounted";
  const location = await sendBytes(session, upload, started.host, locationOf(started));
  location.searchParams.set("digest", upload.digest);
  const headers = { "content-type": "application/octet-stream", "content-length": "0" };
  discardBody(await callHost(session, started.host, { ...uploadCall(upload), method: "PUT", path: location, headers }));
  return "uploaded";
}

async function isThere(session: RegistrySession, upload: BlobUpload): Promise<boolean> {
  const path = `/${upload.repository}/blobs/${upload.digest}`;
  const call = { ...uploadCall(upload), method: "HEAD", path, accept: [404] } as const;
  const response = await callRegistry(session, call);
  discardBody(response);
  return response.status === 200;
}

function startUpload(session: RegistrySession, upload: BlobUpload): Promise<HostResponse> {
  const { repository, digest, mountFrom } = upload;
  const query = mountFrom === undefined ? "" : `?${new URLSearchParams({ mount: digest, from: mountFrom })}`;
  const headers = { "content-length": "0" };
  const path = `/${repository}/blobs/uploads/${query}`;
  return callRegistry(session, { ...uploadCall(upload), method: "POST", path, headers });
}

/** Sends what is missing, in one piece or, after failures, in more. Resolves to the address that completes it. */
async function sendBytes(session: RegistrySession, upload: BlobUpload, host: RegistryHost, start: URL): Promise<URL> {
  const { settings } = session.client;
  let location = start;
  let offset = 0;
  for (let tries = 1; offset < upload.size; tries += 1) {
    try {
      const response = await callHost(session, host, patchCall(upload, location, offset));
      discardBody(response);
      return locationOf(response);
    } catch (thrown) {
      if (tries >= settings.maxTries || !isError(thrown, "unavailable") || thrown.reason === "tls") throw thrown;
      await backOff(tries, settings, upload.signal);
      const before = offset;
      ({ location, offset } = await whereItStopped(session, upload, host, location));
      if (offset > before) tries = 0;
    }
  }
  return location;
}

function patchCall(upload: BlobUpload, location: URL, offset: number): RegistryCall {
  const headers = {
    "content-type": "application/octet-stream",
    "content-length": String(upload.size - offset),
    "content-range": `${offset}-${upload.size - 1}`,
  };
  const body = () => counted(upload.open(offset), offset, upload.onProgress);
  return { ...uploadCall(upload), method: "PATCH", path: location, headers, body };
}

function counted(bytes: Readable, offset: number, onProgress: (bytes: number) => void): Readable {
  let sent = offset;
  return bytes.on("data", (chunk: Buffer) => {
    sent += chunk.length;
    onProgress(sent);
  });
}

/** Asks an upload how far it is: `Range: 0-99` means 100 bytes. */
async function whereItStopped(session: RegistrySession, upload: BlobUpload, host: RegistryHost, location: URL) {
  const response = await callHost(session, host, { ...uploadCall(upload), method: "GET", path: location });
  discardBody(response);
  const { range } = response.headers;
  const [, last] = (typeof range === "string" ? range : "").match(/^(?:bytes=)?0-(\d{1,16})$/) ?? [];
  // docker-registry says 0-0 of an upload that has nothing yet, and of one that has a single byte.
  const offset = last === undefined || last === "0" ? 0 : Number(last) + 1;
  return { location: locationOf(response, location), offset: Math.min(offset, upload.size) };
}

/** The upload's address, which must not leave the registry: its bytes and the user's token go there. */
function locationOf({ headers, host, url }: HostResponse, otherwise?: URL): URL {
  const text = headers.location;
  if (typeof text !== "string" && otherwise !== undefined) return otherwise;
  const location = typeof text === "string" ? URL.parse(text, url) : null;
  if (location?.origin === host.origin) return location;
  throw new TdockError("forbidden", `${host.origin}: refused to upload to ${location?.origin ?? "no address"}`);
}

function uploadCall({ repository, mountFrom, signal }: BlobUpload) {
  return { capability: "push", scopes: pushScopes(repository, mountFrom), signal } as const;
}
