import type { Readable } from "node:stream";
import { isError, TdockError } from "@tdock/errors/error";
import { type Dispatcher, request } from "undici";
import { checkHost, isLoopbackHost } from "../../registry/address-policy.ts";
import { systemTls } from "../../registry/connector.ts";
import { openAgent } from "../../registry/open-agent.ts";
import { type Proxies, proxyFor } from "../../registry/proxy.ts";
import type { FileEntry } from "../tree/entry.ts";
import type { Staging } from "../tree/staging.ts";
import { basicLogin, withoutLogins } from "./url-login.ts";

const maxRedirects = 5;

export interface Download {
  readonly proxies: Proxies;
  readonly signal: AbortSignal;
  /** `Authorization` for the URL's own origin, else what the URL itself says; never sent anywhere else. */
  readonly authorization?: string | undefined;
  progress?(current: number, total: number): void;
}

/**
 * Downloads a URL into a numbered file. Redirects are followed up to five times, never from a public host to this
 * machine or to a metadata service. Throws `not-found`, `forbidden`, `unavailable`, `canceled`.
 */
export async function downloadFile(url: string, staging: Staging, download: Download): Promise<FileEntry> {
  const isLocal = isLoopbackHost(new URL(url).hostname);
  await using agents = new AsyncDisposableStack();
  const agentFor = (to: URL) => {
    const proxy = proxyFor(to, download.proxies);
    const limits = { connectTimeoutMs: 10_000, headersTimeout: 60_000, keepAliveMs: 1000 };
    return agents.adopt(openAgent({ tls: systemTls, isLocal, proxy, ...limits }), (agent) => agent.destroy());
  };
  try {
    const { body, headers } = await follow(agentFor, new URL(url), download, isLocal);
    const total = Number(headers["content-length"] ?? 0);
    const { path, size, digest } = await staging.add(counted(body, total, download));
    if (total > 0 && size !== total && headers["content-encoding"] === undefined) {
      throw new TdockError("unavailable", `${withoutLogins(url)}: got ${size} of ${total} bytes`);
    }
    const modified = Date.parse(String(headers["last-modified"] ?? ""));
    const mtime = Number.isNaN(modified) ? 0 : modified / 1000;
    return { kind: "file", mode: 0o600, uid: 0, gid: 0, mtime, size, digest, content: path };
  } catch (thrown) {
    throw asDownloadError(url, thrown, download.signal);
  }
}

async function follow(
  agentFor: (url: URL) => Dispatcher,
  start: URL,
  { signal, authorization = basicLogin(start) }: Download,
  mayBeLoopback: boolean,
) {
  let url = start;
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      throw new TdockError(
        "forbidden",
        `${withoutLogins(start.href)}: redirected to ${url.protocol}, which is not followed`,
      );
    }
    checkHost(url.hostname, mayBeLoopback);
    const headers = authorization !== undefined && url.origin === start.origin ? { authorization } : {};
    const response = await request(url, { dispatcher: agentFor(url), signal, headers });
    const { location } = response.headers;
    if (response.statusCode < 300) return response;
    await response.body.dump();
    if (response.statusCode >= 400 || typeof location !== "string") throw statusError(start, response.statusCode);
    url = new URL(location, url);
  }
  throw new TdockError("unavailable", `${withoutLogins(start.href)}: more than ${maxRedirects} redirects`);
}

function statusError(url: URL, status: number): TdockError {
  const code = status === 404 ? "not-found" : "unavailable";
  return new TdockError(code, `${url.origin}${url.pathname}: the server answered ${status}`);
}

async function* counted(body: Readable, total: number, { progress }: Download): AsyncGenerator<Uint8Array> {
  let current = 0;
  for await (const chunk of body) {
    current += (chunk as Buffer).length;
    progress?.(current, total);
    yield chunk as Buffer;
  }
}

function asDownloadError(url: string, thrown: unknown, signal: AbortSignal): TdockError {
  if (signal.aborted) return TdockError.from(signal.reason);
  if (thrown instanceof TdockError && !isError(thrown, "internal")) return thrown;
  const { cause, message } = thrown as Error;
  if (cause instanceof TdockError) return cause;
  return new TdockError("unavailable", `cannot download ${new URL(url).origin}: ${message}`, { cause: thrown });
}
