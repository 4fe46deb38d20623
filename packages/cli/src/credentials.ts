import type { Cli } from "./cli.ts";
import type { ConfigFile, StoredCredentials } from "./config-file.ts";
import { parseReference } from "./flags/reference.ts";

/** What a registry is shown, in the form of the engine's `X-Registry-Auth` header. */
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
  readonly serveraddress: string;
}

/** Docker Hub's key in `config.json`. */
export const dockerHubKey = "https://index.docker.io/v1/";

/** `host:port` of a registry that a user or an older file may name by its address: `https://host:port/v1/`. */
export function registryHost(server: string): string {
  return server.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

/** The key under which a registry's credentials are kept. */
export function registryKey(domain: string): string {
  return domain === "docker.io" || domain === "index.docker.io" || domain === "registry-1.docker.io"
    ? dockerHubKey
    : domain;
}

/** The header for an image's registry; undefined when nothing is kept for it. Throws what the helper throws. */
export async function registryAuthFor(cli: Pick<Cli, "config">, image: string): Promise<string | undefined> {
  const reference = parseReference(image);
  if (reference === undefined) return undefined;
  const auth = await findCredentials(cli.config, registryKey(reference.domain));
  return auth === undefined ? undefined : encodeRegistryAuth(auth);
}

/** base64url of the JSON, padded, as Docker's clients write it. */
export function encodeRegistryAuth(auth: RegistryAuth): string {
  const text = Buffer.from(JSON.stringify(auth)).toString("base64");
  return text.replaceAll("+", "-").replaceAll("/", "_");
}

/** Credentials of every registry in the file and with its helpers, for builds. */
export async function allCredentials(config: ConfigFile): Promise<Record<string, RegistryAuth>> {
  const { auths = {}, credHelpers = {}, credsStore } = config;
  const listed = credsStore ? await (await loadHelpers()).helperRegistries(credsStore) : [];
  const keys = new Set([...listed, ...Object.keys(auths), ...Object.keys(credHelpers)]);
  const found: Record<string, RegistryAuth> = {};
  for (const key of keys) {
    const auth = await findCredentials(config, key);
    if (auth !== undefined) found[key] = auth;
  }
  return found;
}

/** From the registry's helper, else the general one, else the file itself. */
export async function findCredentials(config: ConfigFile, key: string): Promise<RegistryAuth | undefined> {
  const helper = helperFor(config, key);
  if (helper !== undefined) {
    const { runCredentialHelper } = await loadHelpers();
    const found = await runCredentialHelper(helper, "get", key);
    if (found !== undefined) return fromHelper(found, key);
    if (config.credHelpers?.[key] !== undefined) return undefined;
  }
  const stored = storedFor(config.auths ?? {}, key);
  return stored === undefined ? undefined : fromFile(stored, key);
}

/** What starts programs takes 5 ms to load: hardly a registry has a helper. */
function loadHelpers() {
  return import("./credential-helper.ts");
}

/** The helper that keeps a registry's credentials; undefined when the file does. */
export function helperFor(config: ConfigFile, key: string): string | undefined {
  return config.credHelpers?.[key] ?? (config.credsStore || undefined);
}

function fromHelper({ Username, Secret }: { Username: string; Secret: string }, key: string): RegistryAuth {
  if (Username === "<token>") return { identitytoken: Secret, serveraddress: key };
  return { username: Username, password: Secret, serveraddress: key };
}

/** By the key itself, else by host name: older files have `https://host/v1/` for `host`. */
function storedFor(auths: Readonly<Record<string, StoredCredentials>>, key: string): StoredCredentials | undefined {
  if (Object.hasOwn(auths, key)) return auths[key];
  const match = Object.keys(auths).find((one) => registryHost(one) === registryHost(key));
  return match === undefined ? undefined : auths[match];
}

function fromFile(stored: StoredCredentials, key: string): RegistryAuth | undefined {
  const { auth, username, password = "", identitytoken, registrytoken } = stored;
  if (identitytoken) return { identitytoken, serveraddress: key };
  if (registrytoken) return { registrytoken, serveraddress: key };
  if (!auth) return username ? { username, password, serveraddress: key } : undefined;
  const text = Buffer.from(auth, "base64").toString();
  const colon = text.indexOf(":");
  if (colon === -1) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, ""), serveraddress: key };
}
