import type { Readable } from "node:stream";
import { isError, TdockError } from "@tdock/errors/error";
import type { RegistrySettings } from "./client.ts";
import { discardBody, exchange, type Method, type RegistryResponse } from "./exchange.ts";
import { errorOfResponse } from "./registry-error.ts";
import type { Capability, RegistryHost } from "./registry-host.ts";
import { backOff, pause, retryAfterMs } from "./retry.ts";
import type { RegistrySession } from "./session.ts";

/** A request to a registry, whichever of its hosts answers. */
export interface RegistryCall {
  readonly capability: Capability;
  readonly method: Method;
  /** Below the host's own path: `/library/busybox/manifests/latest`; or a whole address on the host. */
  readonly path: string | URL;
  readonly scopes: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each try. */
  readonly body?: () => string | Uint8Array | Readable;
  /** Ask the registry itself only, for instance because a mirror gave wrong bytes. */
  readonly skipMirrors?: boolean;
  /** Whether doing it twice is as good as once; of what only reads it is clear. */
  readonly isRepeatable?: boolean;
  /** Statuses beside 2xx that the caller wants to see. */
  readonly accept?: readonly number[];
  readonly signal: AbortSignal;
}

/** A successful answer, and the host that gave it. */
export interface HostResponse extends RegistryResponse {
  readonly host: RegistryHost;
}

// A token may be used up by parallel requests between its arrival and its first use here.
const maxAuthorizations = 3;

/** The scope that reading a repository needs. */
export function pullScope(path: string): string {
  return `repository:${path}:pull`;
}

/** The scopes that writing to a repository needs, and reading the one that a blob is mounted from. */
export function pushScopes(path: string, mountFrom?: string): readonly string[] {
  return [`repository:${path}:pull,push`, ...(mountFrom === undefined ? [] : [pullScope(mountFrom)])];
}

/**
 * Asks the registry's hosts in turn, mirrors first; what a mirror fails in is the next one's to answer. The registry
 * itself is asked again, with pauses, after a broken connection, 408, 429 and 5xx when the call may be repeated.
 * Throws `unauthorized`, `forbidden`, `not-found`, `invalid-argument`, `unavailable` (reason `rate-limited` for 429,
 * else `status-<n>`, `connection` or `tls`), `canceled`.
 */
export async function callRegistry(session: RegistrySession, call: RegistryCall): Promise<HostResponse> {
  const hosts = session.hosts.filter(
    (host) => host.capabilities.has(call.capability) && (host.isOrigin || call.skipMirrors !== true),
  );
  for (const host of hosts.slice(0, -1)) {
    try {
      return await callOnce(session, host, call);
    } catch (thrown) {
      if (isError(thrown, "canceled")) throw thrown;
    }
  }
  const last = hosts.at(-1);
  if (last === undefined) throw new TdockError("forbidden", `${session.domain}: no host is configured for this`);
  return callHost(session, last, call);
}

/** Asks one host, again when it makes sense. Throws as {@link callRegistry}. */
export async function callHost(
  session: RegistrySession,
  host: RegistryHost,
  call: RegistryCall,
): Promise<HostResponse> {
  const { settings } = session.client;
  const isRepeatable = call.method === "GET" || call.method === "HEAD" || call.isRepeatable === true;
  const maxTries = isRepeatable ? settings.maxTries : 1;
  for (let tries = 1; ; tries += 1) {
    try {
      return await callOnce(session, host, call);
    } catch (thrown) {
      if (tries >= maxTries || !isWorthRetrying(thrown)) throw thrown;
      await pauseAfter(thrown, tries, settings, call.signal);
    }
  }
}

/**
 * Waits before try number `tries` + 1: as long as the server asked for, else longer each time. Throws the failure
 * itself when the server wants more patience than there is, and `canceled`.
 */
export async function pauseAfter(
  thrown: unknown,
  tries: number,
  settings: RegistrySettings,
  signal: AbortSignal,
): Promise<void> {
  if (!(thrown instanceof RetryLater)) return backOff(tries, settings, signal);
  if (thrown.delayMs > settings.maxRetryDelayMs) throw thrown;
  await pause(thrown.delayMs, signal);
}

/** A failure after which the server named the time to come back. */
class RetryLater extends TdockError {
  readonly delayMs: number;

  constructor(error: TdockError, delayMs: number) {
    super(error.code, error.message, { ...(error.reason !== undefined && { reason: error.reason }) });
    this.delayMs = delayMs;
  }
}

/** Whether what failed may succeed a little later. */
export function isWorthRetrying(thrown: unknown): boolean {
  return isError(thrown, "unavailable") && thrown.reason !== "tls";
}

async function callOnce(session: RegistrySession, host: RegistryHost, call: RegistryCall): Promise<HostResponse> {
  const response = await authorizedExchange(session, host, call);
  if (isWanted(response.status, call)) return { ...response, host };
  const delayMs = retryAfterMs(response.headers["retry-after"], Date.now());
  const error = await errorOfResponse(response);
  throw delayMs === undefined ? error : new RetryLater(error, delayMs);
}

function isWanted(status: number, call: RegistryCall): boolean {
  return (status >= 200 && status < 300) || call.accept?.includes(status) === true;
}

async function authorizedExchange(
  session: RegistrySession,
  host: RegistryHost,
  { method, path, scopes, headers, body, signal }: RegistryCall,
): Promise<RegistryResponse> {
  const url = path instanceof URL ? path : new URL(host.origin + host.path + path + namespaceOf(session, host));
  for (let tries = 1; ; tries += 1) {
    const authorization = await session.authorization(host, scopes);
    const response = await exchange(session.client, host, {
      method,
      url,
      headers: headers ?? {},
      signal,
      ...(authorization !== undefined && { authorization }),
      ...(body !== undefined && { body: body() }),
    });
    const isRefusedHere = response.status === 401 && response.url.origin === host.origin;
    if (!isRefusedHere || tries > maxAuthorizations) return response;
    await session.authorize(host, scopes, response, authorization, signal);
    discardBody(response);
  }
}

/** Tells a mirror which registry it stands for, as containerd does. */
function namespaceOf(session: RegistrySession, host: RegistryHost): string {
  return host.isOrigin ? "" : `?ns=${encodeURIComponent(session.domain)}`;
}
