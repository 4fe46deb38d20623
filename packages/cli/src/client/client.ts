import { maxApiVersion } from "@tdock/api/version";
import { clientVersion } from "../client-version.ts";
import type { BunConnectOptions, BunRequestInit } from "./bun.ts";
import type { EngineHost } from "./host.ts";

/** TLS material for a `tcp://` engine; paths have been read. */
export interface ClientTls {
  readonly ca: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
  /** Whether the server's certificate must be valid. */
  readonly verify: boolean;
}

export interface ClientOptions {
  readonly host: EngineHost;
  readonly tls?: ClientTls | undefined;
  /** API version to use, whatever the engine speaks. Without it, the newest that both know. */
  readonly apiVersion?: string | undefined;
}

/** How to reach one engine. */
export interface Client {
  readonly host: EngineHost;
  readonly tls: ClientTls | undefined;
  /** Version that requests ask for. Lowered when the engine turns out to be older. */
  apiVersion: string;
  /** Whether the version was asked for by the user and must not be lowered. */
  readonly isPinned: boolean;
  /** Whether the engine has answered under that version. */
  isAgreed: boolean;
}

export function createClient({ host, tls, apiVersion }: ClientOptions): Client {
  // Bun's fetch would go through the proxy of `http_proxy` even to this machine; a raw connection never does.
  if (host.kind === "tcp") process.env.NO_PROXY = "*";
  return {
    host,
    tls,
    apiVersion: apiVersion ?? maxApiVersion,
    isPinned: apiVersion !== undefined,
    isAgreed: false,
  };
}

/** What every request says of us. */
export const clientHeaders = { "user-agent": `tdock/${clientVersion}` };

/** The name of the engine in a request's URL and `Host`. */
export function authorityOf({ host }: Client): string {
  if (host.kind === "unix") return "tdock";
  return `${host.hostname.includes(":") ? `[${host.hostname}]` : host.hostname}:${host.port}`;
}

/** Where a request goes, as `fetch` wants it. */
export function fetchAddress(client: Client): { readonly origin: string; readonly init: BunRequestInit } {
  const { host } = client;
  const init = { ...always, tls: tlsOf(client) };
  return {
    origin: `${client.tls === undefined ? "http" : "https"}://${authorityOf(client)}`,
    init: host.kind === "unix" ? { ...init, unix: host.path } : init,
  };
}

const always = { timeout: false, decompress: false, redirect: "manual" } as const;

/** Where a raw connection goes. */
export function connectAddress(client: Client): BunConnectOptions {
  const { host } = client;
  if (host.kind === "unix") return { unix: host.path };
  return { hostname: host.hostname, port: host.port, tls: tlsOf(client) };
}

function tlsOf({ tls }: Client): BunConnectOptions["tls"] {
  return tls && { ca: tls.ca, cert: tls.cert, key: tls.key, rejectUnauthorized: tls.verify };
}
