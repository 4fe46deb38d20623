import { Agent, type RequestOptions } from "node:http";
import { maxApiVersion } from "@tdock/api/version";
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

/** How to reach one engine. Connections are kept open and used again; they end with the program. */
export interface Client {
  readonly host: EngineHost;
  readonly tls: ClientTls | undefined;
  readonly agent: Agent;
  /** Version that requests ask for. Lowered when the engine turns out to be older. */
  apiVersion: string;
  /** Whether the version was asked for by the user and must not be lowered. */
  readonly isPinned: boolean;
  /** Whether the engine has answered under that version. */
  isAgreed: boolean;
}

/**
 * node:http, not undici: undici adds 50 ms to each start of the program, and on a Unix socket neither its pools nor
 * its pipelining gain anything.
 */
export function createClient({ host, tls, apiVersion }: ClientOptions): Client {
  return {
    host,
    tls,
    agent: tls === undefined ? new Agent({ keepAlive: true }) : createTlsAgent(),
    apiVersion: apiVersion ?? maxApiVersion,
    isPinned: apiVersion !== undefined,
    isAgreed: false,
  };
}

/** The part of a request's options that says where it goes. */
export function addressOf({ host, tls, agent }: Client): RequestOptions {
  // Without a server name, node compiles a pattern of 10 ms to find out whether the host is an IP address.
  const address =
    host.kind === "unix" ? { socketPath: host.path, servername: "" } : { host: host.hostname, port: host.port };
  const security =
    tls === undefined ? {} : { ca: tls.ca, cert: tls.cert, key: tls.key, rejectUnauthorized: tls.verify };
  return { ...address, ...security, agent, headers: { host: host.kind === "unix" ? "tdock" : host.hostname } };
}

/** Loaded by hand: TLS is not needed on a Unix socket. */
function createTlsAgent(): Agent {
  const { Agent: TlsAgent } = process.getBuiltinModule("node:https");
  return new TlsAgent({ keepAlive: true });
}
