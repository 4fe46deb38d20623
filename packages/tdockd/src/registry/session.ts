import { connect } from "node:tls";
import { TdockError } from "@tdock/errors/error";
import { answerChallenge } from "./auth.ts";
import { type Greeting, isListedInsecure, mayUsePlainHttp, type RegistryClient } from "./client.ts";
import type { Credentials } from "./credentials.ts";
import type { RegistryResponse } from "./exchange.ts";
import { configuredHosts, hostAt, originServer } from "./hosts.ts";
import type { RegistryHost } from "./registry-host.ts";

/**
 * One user's dealings with one registry: its hosts, mirrors first, and the tokens they gave.
 * Shared by all requests of an operation, so that parallel layers share one token.
 */
export class RegistrySession {
  readonly client: RegistryClient;
  /** The registry as users name it: `docker.io`. */
  readonly domain: string;
  readonly hosts: readonly RegistryHost[];
  /** Mirrors that cost too much time already. */
  readonly unreachable = new Set<RegistryHost>();
  readonly #credentials: Credentials;
  readonly #authorizations = new Map<string, Promise<string>>();

  constructor(client: RegistryClient, domain: string, hosts: readonly RegistryHost[], credentials: Credentials) {
    this.client = client;
    this.domain = domain;
    this.hosts = hosts;
    this.#credentials = credentials;
  }

  /** Whether the user has anything to prove who they are with. */
  get hasCredentials(): boolean {
    const { username, identityToken, registryToken } = this.#credentials;
    return (username ?? identityToken ?? registryToken) !== undefined;
  }

  /** The `Authorization` value known to work for a host and scopes, or undefined before the first 401. */
  async authorization(host: RegistryHost, scopes: readonly string[]): Promise<string | undefined> {
    return this.#authorizations.get(keyOf(host, scopes))?.catch(() => undefined);
  }

  /**
   * Answers a 401 that came although `used` was sent. Whoever is first asks the token server, the others wait for it.
   * Throws as {@link answerChallenge}.
   */
  async authorize(
    host: RegistryHost,
    scopes: readonly string[],
    response: RegistryResponse,
    used: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const key = keyOf(host, scopes);
    const known = this.#authorizations.get(key);
    if (known !== undefined && (await known.catch(() => used)) !== used) return;
    if (known !== this.#authorizations.get(key)) return;
    const credentials = host.isOrigin ? this.#credentials : {};
    const answer = answerChallenge(this.client, response, { host, credentials, scopes, signal });
    this.#authorizations.set(key, answer);
    await answer.catch((thrown) => {
      if (this.#authorizations.get(key) === answer) this.#authorizations.delete(key);
      throw thrown;
    });
  }
}

/**
 * Opens a session: finds the registry's hosts. Sends nothing but a TLS greeting to a registry that may lack TLS.
 * Throws `canceled`.
 */
export async function openSession(
  client: RegistryClient,
  domain: string,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<RegistrySession> {
  const { certsDirs, insecureRegistries } = client.settings;
  const server = () => ownServer(client, domain, signal);
  const hosts = (await configuredHosts(domain, certsDirs, server)) ?? [hostAt(await server())];
  const skipVerify = isListedInsecure(domain, insecureRegistries);
  return new RegistrySession(client, domain, skipVerify ? hosts.map(withoutVerification) : hosts, credentials);
}

/** The registry's own address where none is configured. */
async function ownServer(client: RegistryClient, domain: string, signal: AbortSignal): Promise<string> {
  const { settings } = client;
  const greet = () => greeting(domain, settings.connectTimeoutMs, signal);
  const isPlain = mayUsePlainHttp(domain, settings) && (await client.greeting(domain, greet)) !== "tls";
  return isPlain ? `http://${domain}` : originServer(domain);
}

function withoutVerification(host: RegistryHost): RegistryHost {
  return host.isOrigin ? { ...host, tls: { ...host.tls, skipVerify: true } } : host;
}

/** A bad certificate is TLS too: it must not lead to plain HTTP. */
async function greeting(domain: string, timeoutMs: number, signal: AbortSignal): Promise<Greeting> {
  const { hostname, port } = new URL(`http://${domain}`);
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(TdockError.from(signal.reason));
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? 443 : Number(port),
      rejectUnauthorized: false,
      timeout: timeoutMs,
    });
    const abort = () => {
      socket.destroy();
      reject(TdockError.from(signal.reason));
    };
    signal.addEventListener("abort", abort, { once: true });
    const settle = (answer: Greeting) => {
      signal.removeEventListener("abort", abort);
      socket.destroy();
      resolve(answer);
    };
    socket.once("secureConnect", () => settle("tls"));
    socket.once("timeout", () => settle("none"));
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      if (code?.includes("_ALERT_") === true) settle("tls");
      else settle(code === "ERR_SSL_WRONG_VERSION_NUMBER" ? "plain" : "none");
    });
  });
}

function keyOf(host: RegistryHost, scopes: readonly string[]): string {
  return [host.origin, ...scopes].join(" ");
}
