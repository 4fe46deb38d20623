import { TdockError } from "@tdock/errors/error";
import { fetchToken } from "./auth.ts";
import { parseChallenges } from "./challenge.ts";
import type { RegistryClient } from "./client.ts";
import { basicAuthorization, type Credentials } from "./credentials.ts";
import { discardBody, exchange } from "./exchange.ts";
import { errorOfResponse } from "./registry-error.ts";
import { openSession } from "./session.ts";

/**
 * Checks credentials against a registry. Resolves to a refresh token where the registry gives one, to be kept in place
 * of the password. Throws `unauthorized` for wrong ones, else as `exchange`.
 */
export async function logIn(
  client: RegistryClient,
  domain: string,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<string | undefined> {
  const session = await openSession(client, domain, credentials, signal);
  const host = session.hosts.at(-1);
  if (host === undefined) throw new TdockError("not-found", `${domain}: no host is configured`);
  const url = new URL(`${host.origin}${host.path}/`);
  const greeting = await exchange(client, host, { method: "GET", url, headers: {}, signal });
  if (greeting.status !== 401) {
    if (greeting.status !== 200) throw await errorOfResponse(greeting);
    discardBody(greeting);
    return undefined;
  }
  const header = greeting.headers["www-authenticate"];
  const challenges = parseChallenges(Array.isArray(header) ? header.join(", ") : (header ?? ""));
  discardBody(greeting);
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  if (bearer !== undefined) {
    return (await fetchToken(client, bearer, { host, credentials, scopes: [], signal }, true)).refresh;
  }
  const authorization = basicAuthorization(credentials);
  const answer = await exchange(client, host, {
    method: "GET",
    url,
    headers: {},
    signal,
    ...(authorization !== undefined && { authorization }),
  });
  if (answer.status !== 200) throw await errorOfResponse(answer);
  discardBody(answer);
  return undefined;
}
