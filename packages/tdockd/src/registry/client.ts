import type { Dispatcher } from "undici";
import { isInSubnets, isLoopbackHost } from "./address-policy.ts";
import { openAgent } from "./open-agent.ts";
import { noProxies, type Proxies, proxyFor } from "./proxy.ts";
import { type HostTls, mayBeLoopback, type RegistryHost } from "./registry-host.ts";

/** How registries are spoken to. */
export interface RegistrySettings {
  /** Folders with `<host>/hosts.toml`; the first that knows a registry wins. */
  readonly certsDirs: readonly string[];
  /** Registries (`host`, `host:port` or CIDR) that may use plain HTTP or a certificate nobody vouches for. */
  readonly insecureRegistries: readonly string[];
  readonly proxies: Proxies;
  readonly userAgent: string;
  /** Longest time without a byte before a connection counts as stalled. */
  readonly stallTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** First pause before a request is repeated; it doubles, up to `maxRetryDelayMs`. */
  readonly retryDelayMs: number;
  readonly maxRetryDelayMs: number;
  /** Tries of one request, or of one blob without progress between them. */
  readonly maxTries: number;
  /** Longest time without a byte, over all tries, after which nothing is tried again. */
  readonly patienceMs: number;
}

export const defaultRegistrySettings: RegistrySettings = {
  certsDirs: ["/etc/tdock/certs.d", "/etc/containerd/certs.d", "/etc/docker/certs.d"],
  insecureRegistries: [],
  proxies: noProxies,
  userAgent: "tdock/0.1",
  stallTimeoutMs: 30_000,
  connectTimeoutMs: 10_000,
  retryDelayMs: 300,
  maxRetryDelayMs: 60_000,
  maxTries: 6,
  patienceMs: 60_000,
};

const idleTimeoutMs = 1000;
const plainForMs = 30_000;

/** What a server answers to the greeting of TLS; "none" also when nobody listens. */
export type Greeting = "tls" | "plain" | "none";

/** The connections to all registries. One per tdockd; operations open sessions on it. */
export class RegistryClient implements AsyncDisposable {
  readonly settings: RegistrySettings;
  readonly #agents = new Map<string, Dispatcher>();
  /** Registries that spoke plain HTTP when they were asked, and when that was, by `performance.now()`. */
  readonly #plain = new Map<string, number>();

  constructor(settings: RegistrySettings) {
    this.settings = settings;
  }

  /**
   * The connections to an address that a host has, or leads to: only its own get its TLS settings. Addresses of this
   * machine are refused as {@link mayBeLoopback} says; what a name stands for is a proxy's to find out, where there is one.
   */
  agentFor(host: RegistryHost, url: URL): Dispatcher {
    const tls = url.origin === host.origin ? host.tls : { skipVerify: false, ca: [] };
    const isLocal = mayBeLoopback(host, url);
    const proxy = proxyFor(url, this.settings.proxies);
    const key = JSON.stringify([isLocal, tls, proxy]);
    let agent = this.#agents.get(key);
    if (agent === undefined) {
      agent = this.#createAgent(tls, isLocal, proxy);
      this.#agents.set(key, agent);
    }
    return agent;
  }

  /** How a registry that may speak plain HTTP greets: `ask` finds out. One that spoke it is asked again half a minute later. */
  async greeting(domain: string, ask: () => Promise<Greeting>): Promise<Greeting> {
    if (performance.now() - (this.#plain.get(domain) ?? -plainForMs) < plainForMs) return "plain";
    const greeting = await ask();
    if (greeting === "plain") this.#plain.set(domain, performance.now());
    return greeting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
    this.#agents.clear();
  }

  #createAgent(tls: HostTls, isLocal: boolean, proxy: string | undefined): Dispatcher {
    const { stallTimeoutMs, connectTimeoutMs } = this.settings;
    return openAgent({
      ...{ tls, isLocal, proxy, connectTimeoutMs },
      headersTimeout: stallTimeoutMs,
      bodyTimeout: stallTimeoutMs,
      connections: 16,
      // Whatever a registry offers: an operation's requests follow each other, and the next one may be hours away.
      keepAliveMs: idleTimeoutMs,
    });
  }
}

/** Whether the registry may be spoken to without TLS: this machine's own, and those listed as insecure. */
export function mayUsePlainHttp(domain: string, { insecureRegistries }: RegistrySettings): boolean {
  return isLoopbackHost(new URL(`http://${domain}`).hostname) || isListedInsecure(domain, insecureRegistries);
}

/** Whether the administrator listed the registry as insecure. */
export function isListedInsecure(domain: string, insecureRegistries: readonly string[]): boolean {
  const { hostname } = new URL(`http://${domain}`);
  const cidrs = insecureRegistries.filter((entry) => entry.includes("/"));
  return insecureRegistries.includes(domain) || insecureRegistries.includes(hostname) || isInSubnets(hostname, cidrs);
}
