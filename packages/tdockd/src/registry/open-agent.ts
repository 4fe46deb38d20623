import { Agent, type Dispatcher, ProxyAgent } from "undici";
import { guardedLookup } from "./address-policy.ts";
import { connectorFor, secureOptions, systemTls } from "./connector.ts";
import type { HostTls } from "./registry-host.ts";

/** Where connections lead, and how. */
export interface AgentOptions extends Pick<Agent.Options, "connections" | "headersTimeout" | "bodyTimeout"> {
  readonly tls: HostTls;
  /** Whether a name may stand for an address of this machine. */
  readonly isLocal: boolean;
  /** Its URL; what a name stands for is then the proxy's to find out. */
  readonly proxy: string | undefined;
  readonly connectTimeoutMs: number;
  readonly keepAliveMs: number;
}

/** Connections with one set of TLS settings, straight or through a proxy. */
export function openAgent({ tls, isLocal, proxy, connectTimeoutMs, keepAliveMs, ...rest }: AgentOptions): Dispatcher {
  const options = { ...rest, keepAliveMaxTimeout: keepAliveMs, keepAliveTimeout: keepAliveMs };
  if (proxy === undefined) {
    const connect = connectorFor(tls, { timeout: connectTimeoutMs, lookup: guardedLookup(isLocal) });
    return new Agent({ ...options, connect });
  }
  const [requestTls, proxyTls] = [tls, systemTls].map((one) => ({
    ...secureOptions(one),
    timeout: connectTimeoutMs,
    allowH2: false,
  }));
  return new ProxyAgent({ ...options, uri: proxy, requestTls, proxyTls });
}
