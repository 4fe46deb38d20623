import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { parse } from "smol-toml";
import * as v from "valibot";
import { isLoopbackHost } from "./address-policy.ts";
import { readDockerCertificates } from "./docker-certificates.ts";
import type { Capability, HostTls, RegistryHost } from "./registry-host.ts";

const oneOrMany = v.union([
  v.pipe(
    v.string(),
    v.transform((text) => [text]),
  ),
  v.array(v.string()),
]);
const clientPair = v.union([
  v.pipe(
    v.string(),
    v.transform((text) => [text]),
  ),
  v.array(v.string()),
]);

const hostEntry = v.object({
  capabilities: v.optional(v.array(v.pipe(v.string(), v.toLowerCase(), v.picklist(["pull", "resolve", "push"])))),
  ca: v.optional(oneOrMany),
  client: v.optional(
    v.union([
      v.pipe(
        v.string(),
        v.transform((text) => [[text]]),
      ),
      v.array(clientPair),
    ]),
  ),
  skip_verify: v.optional(v.boolean()),
  override_path: v.optional(v.boolean()),
  header: v.optional(v.record(v.string(), oneOrMany)),
  /** Not containerd's: further token servers that may be given this registry's credentials. */
  token_servers: v.optional(v.array(v.string())),
});
const hostsFile = v.object({
  ...hostEntry.entries,
  server: v.optional(v.string()),
  host: v.optional(v.record(v.string(), hostEntry)),
});
type HostEntry = v.InferOutput<typeof hostEntry>;

/**
 * What the administrator says of a registry: its mirrors in the file's order, then the registry itself. Undefined when
 * nothing is said. Looks in each folder for `<host>_<port>_`, `<host>:<port>` and `_default`, for a `hosts.toml` as
 * containerd reads it (https://github.com/containerd/containerd/blob/main/docs/hosts.md), else for Docker's `*.crt`,
 * `*.cert` and `*.key`; `ownServer` tells the registry's address where they do not. Throws `invalid-argument` that names
 * the file.
 */
export async function configuredHosts(
  domain: string,
  certsDirs: readonly string[],
  ownServer: () => Promise<string>,
): Promise<readonly RegistryHost[] | undefined> {
  const names = [domain.replace(/:(\d+)$/, "_$1_"), domain, "_default"];
  for (const directory of certsDirs) {
    // Most machines have none of them, and this is asked before every pull: a look within the call, not nine through threads.
    if (!existsSync(directory)) continue;
    for (const name of new Set(names)) {
      const hosts = await hostsOfDirectory(join(directory, name), ownServer);
      if (hosts !== undefined) return hosts;
    }
  }
  return undefined;
}

/** The base address of a registry where nothing is configured: Docker Hub's is not its name. */
export function originServer(domain: string): string {
  return `https://${domain === "docker.io" ? "registry-1.docker.io" : domain}`;
}

/** A registry at this address, with nothing configured. */
export function hostAt(server: string): RegistryHost {
  return makeHost(server, true, {}, { skipVerify: false, ca: [] });
}

async function hostsOfDirectory(directory: string, ownServer: () => Promise<string>) {
  const file = join(directory, "hosts.toml");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text !== undefined) return hostsOfFile(directory, parseHostsFile(text, file), ownServer);
  const tls = await readDockerCertificates(directory);
  return tls && [makeHost(await ownServer(), true, {}, tls)];
}

function parseHostsFile(text: string, file: string): v.InferOutput<typeof hostsFile> {
  try {
    return v.parse(hostsFile, parse(text));
  } catch (cause) {
    throw new TdockError("invalid-argument", `${file}: ${(cause as Error).message}`, { cause });
  }
}

async function hostsOfFile(
  directory: string,
  { host: mirrors = {}, server, ...entry }: v.InferOutput<typeof hostsFile>,
  ownServer: () => Promise<string>,
): Promise<readonly RegistryHost[]> {
  const hosts: RegistryHost[] = [];
  for (const [mirror, own] of Object.entries(mirrors)) {
    hosts.push(makeHost(mirror, false, own, await readTls(directory, own)));
  }
  hosts.push(makeHost(server ?? (await ownServer()), true, entry, await readTls(directory, entry)));
  return hosts;
}

function makeHost(server: string, isOrigin: boolean, entry: HostEntry, tls: HostTls): RegistryHost {
  const base = new URL(server.includes("://") ? server : `https://${server}`);
  if (base.protocol !== "https:" && base.protocol !== "http:") {
    throw new TdockError(
      "invalid-argument",
      `a registry's address begins with https:// or http://, not ${base.protocol}`,
    );
  }
  const path = base.pathname.replace(/\/+$/, "");
  const capabilities: readonly Capability[] = entry.capabilities ?? ["pull", "resolve", "push"];
  return {
    origin: base.origin,
    path: entry.override_path === true || path.endsWith("/v2") ? path : `${path}/v2`,
    isOrigin,
    hostname: base.hostname,
    isLocal: isLoopbackHost(base.hostname),
    capabilities: new Set(capabilities),
    tls,
    headers: Object.fromEntries(Object.entries(entry.header ?? {}).map(([name, values]) => [name, values.join(", ")])),
    tokenServers: entry.token_servers ?? [],
  };
}

async function readTls(directory: string, entry: HostEntry): Promise<HostTls> {
  const read = (path: string) => readFile(join(path.startsWith("/") ? "/" : directory, path), "utf8");
  const [certificate, key] = entry.client?.[0] ?? [];
  return {
    skipVerify: entry.skip_verify ?? false,
    ca: await Promise.all((entry.ca ?? []).map(read)),
    ...(certificate !== undefined && { cert: await read(certificate), key: await read(key ?? certificate) }),
  };
}
