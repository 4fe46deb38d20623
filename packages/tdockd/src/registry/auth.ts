import { TdockError } from "@tdock/errors/error";
import { getDomain } from "tldts";
import * as v from "valibot";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { RegistryClient } from "./client.ts";
import { basicAuthorization, type Credentials } from "./credentials.ts";
import { discardBody, exchange, printableUrl, type RegistryResponse, readBody } from "./exchange.ts";
import { errorOfResponse } from "./registry-error.ts";
import type { RegistryHost } from "./registry-host.ts";

/** Who asks, and for what: `repository:library/busybox:pull`. */
export interface TokenRequest {
  readonly host: RegistryHost;
  /** Already empty where the host must not see the user's credentials. */
  readonly credentials: Credentials;
  readonly scopes: readonly string[];
  readonly signal: AbortSignal;
}

const tokenLimitBytes = 1024 * 1024;
const tokenReply = v.object({
  token: v.optional(v.string()),
  access_token: v.optional(v.string()),
  refresh_token: v.optional(v.string()),
});

/** What a token server gave: a bearer token, and a refresh token when one was asked for. */
export interface Token {
  readonly bearer: string;
  readonly refresh?: string;
}

/**
 * The `Authorization` value that answers a 401: Basic to the host itself, or a bearer token fetched from the realm.
 * Throws `unauthorized` when there is nothing to answer with, `forbidden` when the realm may not see the credentials.
 * Follows https://distribution.github.io/distribution/spec/auth/token/ and /oauth/.
 */
export async function answerChallenge(
  client: RegistryClient,
  response: RegistryResponse,
  request: TokenRequest,
): Promise<string> {
  const header = response.headers["www-authenticate"];
  const challenges = parseChallenges(Array.isArray(header) ? header.join(", ") : (header ?? ""));
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  if (bearer !== undefined) {
    discardBody(response);
    if (request.credentials.registryToken !== undefined) return `Bearer ${request.credentials.registryToken}`;
    return `Bearer ${(await fetchToken(client, bearer, request)).bearer}`;
  }
  const basic = basicAuthorization(request.credentials);
  const isBasic = challenges.some(({ scheme }) => scheme === "basic");
  if (!isBasic || basic === undefined) throw await errorOfResponse(response);
  discardBody(response);
  return basic;
}

/** Asks a token server. With `offline`, also for a refresh token that can stand for the password later. */
export async function fetchToken(
  client: RegistryClient,
  challenge: Challenge,
  request: TokenRequest,
  offline = false,
): Promise<Token> {
  const realm = realmOf(challenge, request);
  const service = challenge.parameters.get("service");
  const scopes = request.scopes.length > 0 ? request.scopes : (challenge.parameters.get("scope")?.split(" ") ?? []);
  const tokenHost = hostOfRealm(realm, request.host);
  const { identityToken } = request.credentials;
  const response = await exchange(
    client,
    tokenHost,
    identityToken === undefined
      ? getRequest(realm, service, scopes, request, offline)
      : refreshRequest(realm, service, scopes, identityToken, request.signal),
  );
  if (response.status !== 200) throw await errorOfResponse(response);
  return parseToken(await readBody(response, tokenLimitBytes), realm);
}

function getRequest(
  realm: URL,
  service: string | undefined,
  scopes: readonly string[],
  { credentials, signal }: TokenRequest,
  offline: boolean,
) {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  if (credentials.username !== undefined) url.searchParams.set("account", credentials.username);
  if (offline) url.searchParams.set("offline_token", "true");
  if (offline) url.searchParams.set("client_id", "tdock");
  const authorization = basicAuthorization(credentials);
  return { method: "GET", url, headers: {}, signal, ...(authorization !== undefined && { authorization }) } as const;
}

function refreshRequest(
  url: URL,
  service: string | undefined,
  scopes: readonly string[],
  identityToken: string,
  signal: AbortSignal,
) {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: "tdock",
    refresh_token: identityToken,
    ...(service !== undefined && { service }),
    ...(scopes.length > 0 && { scope: scopes.join(" ") }),
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return { method: "POST", url, headers, body: form.toString(), signal } as const;
}

/** The realm's address, checked: https unless the registry itself is not, and of the registry's own domain. */
function realmOf({ parameters }: Challenge, { host, credentials }: TokenRequest): URL {
  const text = parameters.get("realm") ?? "";
  const realm = URL.parse(text);
  const origin = new URL(host.origin);
  if (realm === null || (realm.protocol !== "https:" && realm.protocol !== "http:")) {
    throw new TdockError("unauthorized", `${host.origin}: asks for a token from ${JSON.stringify(text.slice(0, 80))}`);
  }
  if (realm.protocol === "http:" && origin.protocol === "https:") {
    throw new TdockError("forbidden", `${host.origin}: asks for a token over plain http from ${printableUrl(realm)}`);
  }
  realm.username = "";
  realm.password = "";
  const isSecret = credentials.username !== undefined || credentials.identityToken !== undefined;
  if (isSecret && !mayKnowCredentials(realm, origin, host.tokenServers)) {
    throw new TdockError(
      "forbidden",
      `${host.origin} asks to send the credentials to ${realm.host}, which is not of its domain; ` +
        `if that is right, list it under token_servers in certs.d/${origin.host}/hosts.toml`,
    );
  }
  return realm;
}

function mayKnowCredentials(realm: URL, origin: URL, tokenServers: readonly string[]): boolean {
  if (realm.hostname === origin.hostname || tokenServers.includes(realm.host)) return true;
  const domain = getDomain(origin.hostname, { allowPrivateDomains: true });
  return domain !== null && domain === getDomain(realm.hostname, { allowPrivateDomains: true });
}

/** The realm as a host of its own: the registry's TLS settings hold for it, its headers do not. */
function hostOfRealm(realm: URL, host: RegistryHost): RegistryHost {
  return realm.origin === host.origin ? host : { ...host, origin: realm.origin, headers: {} };
}

function parseToken(body: Buffer, realm: URL): Token {
  const wrong = () => new TdockError("unauthorized", `${printableUrl(realm)}: the token server's answer has no token`);
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw wrong();
  }
  const parsed = v.safeParse(tokenReply, value);
  const bearer = parsed.success ? (parsed.output.token ?? parsed.output.access_token) : undefined;
  if (!parsed.success || bearer === undefined || !/^[\x21-\x7e]+$/.test(bearer)) throw wrong();
  const refresh = parsed.output.refresh_token;
  return { bearer, ...(refresh !== undefined && { refresh }) };
}
