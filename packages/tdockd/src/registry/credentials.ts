import * as v from "valibot";

/** What a user proves to a registry with. All members absent: anonymous. */
export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  /** OAuth2 refresh token, from a login that gave one. */
  readonly identityToken?: string;
  /** Bearer token to be sent as it is. */
  readonly registryToken?: string;
  /** Registry the user named when logging in. */
  readonly serverAddress?: string;
}

const authConfig = v.object({
  username: v.optional(v.string()),
  password: v.optional(v.string()),
  auth: v.optional(v.string()),
  identitytoken: v.optional(v.string()),
  registrytoken: v.optional(v.string()),
  serveraddress: v.optional(v.string()),
});

/**
 * Credentials of an `X-Registry-Auth` header: base64 of JSON, in either alphabet, padded or not.
 * Like Docker, takes what cannot be read for anonymous.
 */
export function decodeCredentials(header: string | undefined): Credentials {
  if (header === undefined || header === "") return {};
  try {
    return toCredentials(JSON.parse(Buffer.from(header, "base64").toString("utf8")));
  } catch {
    return {};
  }
}

/** Credentials of one entry of an auth configuration, `auth` taken apart; anonymous when it is malformed. */
export function toCredentials(value: unknown): Credentials {
  const parsed = v.safeParse(authConfig, value);
  if (!parsed.success) return {};
  const { auth, username, password, identitytoken, registrytoken, serveraddress } = parsed.output;
  const [authUser, authPassword] = splitAuth(auth);
  return withoutEmpty({
    username: username || authUser,
    password: password || authPassword,
    identityToken: identitytoken,
    registryToken: registrytoken,
    serverAddress: serveraddress,
  });
}

/** The value of a Basic `Authorization` header, or undefined when there is no user name. */
export function basicAuthorization({ username, password }: Credentials): string | undefined {
  if (username === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}`;
}

function splitAuth(auth: string | undefined): [string?, string?] {
  if (!auth) return [];
  const text = Buffer.from(auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? [] : [text.slice(0, colon), text.slice(colon + 1)];
}

function withoutEmpty(credentials: Readonly<Record<string, string | undefined>>): Credentials {
  return Object.fromEntries(Object.entries(credentials).filter(([, value]) => value !== undefined && value !== ""));
}
