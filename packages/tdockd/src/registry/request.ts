import type { Readable } from "node:stream";
import { isError, TdockError } from "@tdock/errors/error";
import { discardBody, exchange, type Method, type RegistryResponse } from "./exchange.ts";
import { errorOfResponse } from "./registry-error.ts";
import type { Capability, RegistryHost } from "./registry-host.ts";
import { Patience, RetryLater, retryAfterMs } from "./retry.ts";
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
  /** One try only, because the caller itself tries again. */
  readonly isSingleTry?: boolean;
  /** Where the registry leads elsewhere for it, the address may have expired: the registry knows a new one. */
  readonly isLeadRenewable?: boolean;
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
 * itself is asked again, as far as {@link Patience} goes, after a broken connection, 408, 429 and 5xx when the call may
 * be repeated.
 * Throws `unauthorized`, `forbidden`, `not-found`, `invalid-argument`, `unavailable` (reason `rate-limited` for 429,
 * else `status-<n>`, `connection`, `unreachable`, `tls` or `redirects`), `canceled`.
 */
export async function callRegistry(session: RegistrySession, call: RegistryCall): Promise<HostResponse> {
  const hosts = session.hosts.filter(
    (host) => host.capabilities.has(call.capability) && (host.isOrigin || mayAskMirror(session, host, call)),
  );
  for (const host of hosts.slice(0, -1)) {
    try {
      return await callOnce(session, host, call);
    } catch (thrown) {
      if (isError(thrown, "canceled")) throw thrown;
      if (isError(thrown, "unavailable", "unreachable")) session.unreachable.add(host);
    }
  }
  const last = hosts.at(-1);
  if (last === undefined) throw new TdockError("forbidden", `${session.domain}: no host is configured for this`);
  return callHost(session, last, call);
}

function mayAskMirror({ unreachable }: RegistrySession, mirror: RegistryHost, { skipMirrors }: RegistryCall): boolean {
  return skipMirrors !== true && !unreachable.has(mirror);
}

/** Asks one host, again when it makes sense. Throws as {@link callRegistry}. */
export async function callHost(
  session: RegistrySession,
  host: RegistryHost,
  call: RegistryCall,
): Promise<HostResponse> {
  const isRead = call.method === "GET" || call.method === "HEAD";
  const isRepeatable = (isRead || call.isRepeatable === true) && call.isSingleTry !== true;
  const patience = new Patience(session.client.settings, call.signal);
  for (;;) {
    try {
      return await callOnce(session, host, call);
    } catch (thrown) {
      if (!isRepeatable) throw thrown;
      await patience.afterFailure(thrown);
    }
  }
}

async function callOnce(session: RegistrySession, host: RegistryHost, call: RegistryCall): Promise<HostResponse> {
  const response = await authorizedExchange(session, host, call);
  if (isWanted(response.status, call)) return { ...response, host };
  const delayMs = retryAfterMs(response.headers["retry-after"], Date.now());
  const failure = await errorOfResponse(response);
  const error = isExpiredLead(response, call) ? passing(failure) : failure;
  throw delayMs === undefined ? error : new RetryLater(error, delayMs);
}

// What a signed address answers with once its time is over.
const expiredStatuses = new Set([403, 404, 410]);

function isExpiredLead({ status, isRedirected }: RegistryResponse, { isLeadRenewable = false }: RegistryCall): boolean {
  return isLeadRenewable && isRedirected && expiredStatuses.has(status);
}

function passing({ message, reason }: TdockError): TdockError {
  return new TdockError("unavailable", message, { ...(reason !== undefined && { reason }) });
}

function isWanted(status: number, call: RegistryCall): boolean {
  return (status >= 200 && status < 300) || call.accept?.includes(status) === true;
}

async function authorizedExchange(
  session: RegistrySession,
  host: RegistryHost,
  { method, path, scopes, headers, body, signal }: RegistryCall,
): Promise<RegistryResponse> {
  const url = path instanceof URL ? path : addressOf(session, host, path);
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

/** A mirror is told which registry it stands for, as containerd does. */
function addressOf(session: RegistrySession, host: RegistryHost, path: string): URL {
  const url = new URL(host.origin + host.path + path);
  if (!host.isOrigin) url.searchParams.set("ns", session.domain);
  return url;
}
