import { TdockError } from "@tdock/errors/error";
import { spendBuffers } from "../host/spent-buffers.ts";
import { connectionError, discardBody } from "./exchange.ts";
import type { Descriptor } from "./manifest.ts";
import { leastBytes, Pace } from "./pace.ts";
import { callRegistry, type HostResponse, pullScope, type RegistryCall } from "./request.ts";
import { Patience } from "./retry.ts";
import type { RegistrySession } from "./session.ts";

// A server that gives less than this before it breaks off again is not getting us anywhere.
const progressBytes = 64 * 1024;

/** Where to begin in a blob, and whether to ask the registry itself only. */
export interface BlobRange {
  readonly offset: number;
  readonly skipMirrors?: boolean;
}

/**
 * The bytes of a blob from `offset` to its described size, never more. A connection that breaks is resumed with
 * Range, by a fresh request to the registry (a redirect's target may have expired); a registry that ignores Range is
 * read from the start and what is known already dropped. Not verified: that is for whoever keeps the bytes.
 * Throws as {@link callRegistry}, and `invalid-argument` (reason `wrong-size`) when the blob is longer or shorter.
 */
export async function* fetchBlob(
  session: RegistrySession,
  repository: string,
  blob: Descriptor,
  { offset, skipMirrors = false }: BlobRange,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const patience = new Patience(session.client.settings, signal);
  let position = offset;
  while (position < blob.size) {
    const start = position;
    let moved = start;
    try {
      const response = await callRegistry(session, {
        ...blobCall(repository, blob, start, signal),
        isSingleTry: true,
        isLeadRenewable: true,
        // A mirror that breaks off at once must not stand in the registry's way.
        skipMirrors: skipMirrors || patience.failures > 1,
      });
      for await (const chunk of bodyFrom(response, blob, start)) {
        position += chunk.length;
        if (position - moved >= leastBytes) {
          moved = position;
          patience.moved();
        }
        yield chunk;
      }
    } catch (thrown) {
      if (position - start >= progressBytes) patience.renew();
      await patience.afterFailure(thrown);
    }
  }
}

/**
 * Asks for a blob without taking it. Throws as {@link callRegistry} when it is not to be had, long before `fetchBlob`,
 * which does not give up so soon.
 */
export async function probeBlob(
  session: RegistrySession,
  repository: string,
  blob: Descriptor,
  signal: AbortSignal,
): Promise<void> {
  discardBody(await callRegistry(session, { ...blobCall(repository, blob, 0, signal), method: "HEAD" }));
}

function blobCall(repository: string, { digest }: Descriptor, start: number, signal: AbortSignal): RegistryCall {
  return {
    capability: "pull",
    method: "GET",
    path: `/${repository}/blobs/${digest}`,
    scopes: [pullScope(repository)],
    ...(start > 0 && { headers: { range: `bytes=${start}-` } }),
    accept: [416],
    signal,
  };
}

async function* bodyFrom(response: HostResponse, blob: Descriptor, start: number): AsyncGenerator<Buffer> {
  let position = startOf(response, blob, start);
  const pace = new Pace();
  try {
    for await (const data of response.body) {
      const chunk = data as Buffer;
      pace.came(chunk.length);
      const skipped = Math.min(Math.max(start - position, 0), chunk.length);
      position += chunk.length;
      if (position > blob.size) throw wrongSize(blob);
      if (skipped < chunk.length) yield chunk.subarray(skipped);
      spendBuffers(chunk.length);
      pace.wait();
    }
  } catch (thrown) {
    throw thrown instanceof TdockError ? thrown : connectionError(response.url, thrown);
  } finally {
    discardBody(response);
  }
  if (position < blob.size) throw statesLength(response) ? wrongSize(blob) : cutShort(response, blob);
}

/** Where in the blob the body begins. */
function startOf(response: HostResponse, blob: Descriptor, start: number): number {
  if (response.status === 416) throw wrongSize(blob);
  if (response.status !== 206) return 0;
  const range = response.headers["content-range"];
  const [, first] = (typeof range === "string" ? range : "").match(/^bytes (\d{1,16})-/) ?? [];
  if (Number(first) !== start) {
    discardBody(response);
    throw new TdockError("invalid-argument", `the registry answered with another range than ${start}-`);
  }
  return start;
}

function statesLength({ headers }: HostResponse): boolean {
  return headers["content-length"] !== undefined;
}

function cutShort(response: HostResponse, blob: Descriptor): TdockError {
  return connectionError(response.url, new Error(`the body ended before ${blob.size} bytes`));
}

function wrongSize({ digest, size }: Descriptor): TdockError {
  return new TdockError("invalid-argument", `${digest} has not the size of ${size} bytes that its manifest states`, {
    reason: "wrong-size",
  });
}
