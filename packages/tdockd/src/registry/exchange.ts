import type { Readable } from "node:stream";
import { TdockError } from "@tdock/errors/error";
import { type Dispatcher, request } from "undici";
import { checkHost } from "./address-policy.ts";
import type { RegistryClient } from "./client.ts";
import { Pace } from "./pace.ts";
import { mayBeLoopback, type RegistryHost } from "./registry-host.ts";

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One request to one host, at an address that may already be absolute. */
export interface Exchange {
  readonly method: Method;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization?: string;
  readonly body?: string | Uint8Array | Readable;
  readonly signal: AbortSignal;
}

/** What came back. The body must be read or discarded: see {@link readBody} and {@link discardBody}. */
export interface RegistryResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
  /** Address that answered, after redirects. */
  readonly url: URL;
  /** Whether that is another one than was asked. */
  readonly isRedirected: boolean;
}

const maxRedirects = 10;
const nodeAdvice = "; if the root CA is installed locally, try running Node.js with --use-system-ca";
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a request and follows redirects of GET and HEAD by hand: credentials and the host's own headers stay on the
 * host's origin, https never becomes http, and addresses a registry has no business with are refused.
 * Throws `unavailable` with a `reason` (`connection`, `unreachable`, `unknown-host`, `tls`, `redirects`) when no answer came,
 * `forbidden`, `canceled`.
 */
export async function exchange(client: RegistryClient, host: RegistryHost, asked: Exchange): Promise<RegistryResponse> {
  let url = asked.url;
  const visited = new Set<string>();
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const answer = await sendOnce(client, host, asked, url);
    const response = { ...answer, isRedirected: redirects > 0 };
    const location = response.headers.location;
    const isRead = asked.method === "GET" || asked.method === "HEAD";
    if (!isRead || !redirectStatuses.has(response.status) || typeof location !== "string") return response;
    discardBody(response);
    visited.add(url.href);
    url = redirectTarget(host, url, location);
    // Nothing is remembered from one address to the next: the same question has the same answer.
    if (visited.has(url.href)) throw leadsNowhere(asked.url, "redirects in a circle");
  }
  throw leadsNowhere(asked.url, `more than ${maxRedirects} redirects`);
}

function leadsNowhere(url: URL, why: string): TdockError {
  return new TdockError("unavailable", `${printableUrl(url)}: ${why}`, { reason: "redirects" });
}

/** The first `limitBytes` of a body as bytes; a longer one throws `invalid-argument`. */
export async function readBody(response: RegistryResponse, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const pace = new Pace();
  try {
    for await (const chunk of response.body) {
      length += (chunk as Buffer).length;
      pace.came((chunk as Buffer).length);
      if (length > limitBytes) {
        throw new TdockError(
          "invalid-argument",
          `${printableUrl(response.url)}: answer longer than ${limitBytes} bytes`,
        );
      }
      chunks.push(chunk as Buffer);
      pace.wait();
    }
  } catch (thrown) {
    discardBody(response);
    throw thrown instanceof TdockError ? thrown : connectionError(response.url, thrown);
  }
  return Buffer.concat(chunks);
}

/** Gives up the rest of a body, and with it the connection. */
export function discardBody({ body }: RegistryResponse): void {
  body.on("error", () => undefined);
  body.destroy();
}

/** A URL fit for logs and errors: no user, no query (it may hold a signature). */
export function printableUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/**
 * What a failed connection means: `unavailable` with the reason `tls`, `unreachable` (nobody took it for long),
 * `unknown-host` (no server of names has it; one that did not answer is another thing) or `connection`, or the
 * error's own code.
 */
export function connectionError(url: URL, thrown: unknown): TdockError {
  const error = TdockError.from(isProxyRefusal(thrown) ? new Error(thrown.message, { cause: thrown }) : thrown);
  if (error.code === "canceled" || error.code === "forbidden") return error;
  const cause = thrown as { code?: unknown; message?: string };
  const code = typeof cause.code === "string" ? cause.code : "";
  const message = cause.message?.replace(nodeAdvice, "");
  const text = code === "" || message?.includes(code) ? message : `${message} (${code})`;
  return new TdockError("unavailable", `${url.protocol}//${url.host}: ${text ?? "no answer"}`, {
    cause: thrown,
    reason: reasonOf(code),
  });
}

/** undici takes a proxy that does not connect for a request that was aborted. */
function isProxyRefusal(thrown: unknown): thrown is Error {
  return thrown instanceof Error && thrown.name === "AbortError" && thrown.message.startsWith("Proxy response");
}

function reasonOf(code: string): string {
  if (/^(ERR_SSL|ERR_OSSL|ERR_TLS|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code)) return "tls";
  if (code === "ENOTFOUND") return "unknown-host";
  return code === "UND_ERR_CONNECT_TIMEOUT" ? "unreachable" : "connection";
}

async function sendOnce(
  client: RegistryClient,
  host: RegistryHost,
  { method, headers, authorization, body, signal }: Exchange,
  url: URL,
): Promise<Omit<RegistryResponse, "isRedirected">> {
  checkHost(url.hostname, mayBeLoopback(host, url));
  const isHome = url.origin === host.origin;
  const options: Omit<Dispatcher.RequestOptions, "origin" | "path"> & { dispatcher: Dispatcher } = {
    method,
    signal,
    dispatcher: client.agentFor(host, url),
    headers: {
      "user-agent": client.settings.userAgent,
      ...headers,
      ...(isHome && host.headers),
      ...(isHome && authorization !== undefined && { authorization }),
    },
    ...(body !== undefined && { body }),
  };
  try {
    const { statusCode, headers: received, body: stream } = await request(url, options);
    return { status: statusCode, headers: received, body: stream, url };
  } catch (thrown) {
    throw connectionError(url, thrown);
  }
}

function redirectTarget(host: RegistryHost, from: URL, location: string): URL {
  const target = URL.parse(location, from);
  if (target === null || (target.protocol !== "https:" && target.protocol !== "http:")) {
    throw new TdockError("forbidden", `${printableUrl(from)}: refused a redirect to another kind of address`);
  }
  if (target.protocol === "http:" && (from.protocol === "https:" || host.origin.startsWith("https:"))) {
    throw new TdockError("forbidden", `${printableUrl(from)}: refused a redirect from https to http`);
  }
  target.username = "";
  target.password = "";
  return target;
}
