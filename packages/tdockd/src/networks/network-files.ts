import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { rewriteFileSync } from "../host/atomic-file.ts";
import { isUserDefined } from "./network.ts";
import { parseResolvConf, type ResolvConf } from "./resolv-conf.ts";
import { primaryEndpoint, type Sandbox } from "./sandbox.ts";

type FilesEngine = Pick<Engine, "networks">;

/** Files of the host that are mounted over those of the container. */
export interface NetworkFiles {
  readonly hosts: string;
  readonly hostname: string;
  readonly resolvConf: string;
}

/** Where a container's files lie: in its own folder, or in that of the container whose network it shares. */
export function networkFilesOf({ networks }: FilesEngine, sandbox: Sandbox): NetworkFiles {
  const { namespace } = sandbox;
  const owner = namespace.kind === "container" ? networks.sandboxes.get(namespace.containerId) : sandbox;
  return networkFilesIn((owner ?? sandbox).folder);
}

export function networkFilesIn(folder: string): NetworkFiles {
  return {
    hosts: join(folder, "hosts"),
    hostname: join(folder, "hostname"),
    resolvConf: join(folder, "resolv.conf"),
  };
}

/**
 * Writes /etc/hosts, /etc/hostname and /etc/resolv.conf of a container, keeping their inodes, so that a running one
 * sees the new text. A container that shares another's network has none of its own.
 */
export function writeNetworkFiles(engine: FilesEngine, sandbox: Sandbox): NetworkFiles {
  const files = networkFilesOf(engine, sandbox);
  if (sandbox.namespace.kind === "container") return files;
  rewriteFileSync(files.hosts, hostsOf(engine, sandbox));
  rewriteFileSync(files.hostname, `${sandbox.hostname}\n`);
  rewriteFileSync(files.resolvConf, resolvConfOf(engine, sandbox));
  return files;
}

/**
 * After a running container joined or left a network: its own lines in /etc/hosts, and /etc/resolv.conf where another
 * server is to be asked. What else the container has written there stays.
 */
export function updateNetworkFiles(engine: FilesEngine, before: Sandbox, after: Sandbox): void {
  const files = networkFilesOf(engine, after);
  const gone = new Set(ownHosts(before));
  const kept = readIfReadable(files.hosts)
    .trimEnd()
    .split("\n")
    .filter((line) => !gone.has(line));
  rewriteFileSync(files.hosts, `${[...kept, ...ownHosts(after)].join("\n")}\n`);
  const resolvConf = resolvConfOf(engine, after);
  if (resolvConf !== resolvConfOf(engine, before)) rewriteFileSync(files.resolvConf, resolvConf);
}

/** Reads `NAME:ADDRESS` or `NAME=ADDRESS`. Throws `invalid-argument`. */
export function parseExtraHost(text: string): { name: string; address: string } {
  const [, name = "", address = ""] = /^([^:=]+)[:=](.*)$/.exec(text) ?? [];
  const plain = address.replace(/^\[(.*)\]$/, "$1");
  if (/^[\w.-]+$/.test(name) && (plain === "host-gateway" || isIP(plain) !== 0)) return { name, address: plain };
  throw new TdockError("invalid-argument", `invalid IP address in add-host: "${text}"`);
}

function hostsOf(engine: FilesEngine, sandbox: Sandbox): string {
  const extra = sandbox.extraHosts.flatMap((text) => {
    const { name, address } = parseExtraHost(text);
    const addresses = address === "host-gateway" ? hostGateways(engine, sandbox) : [address];
    return addresses.map((one) => `${one}\t${name}`);
  });
  const base = sandbox.namespace.kind === "host" ? readIfReadable("/etc/hosts").trimEnd() : loopbackHosts(sandbox);
  return `${[base, ...extra, ...ownHosts(sandbox)].join("\n")}\n`;
}

/** The lines by which a container finds itself: by its full name, and by the first part of it. */
function ownHosts({ hostname, domainname, endpoints }: Sandbox): string[] {
  const full = domainname === "" ? hostname : `${hostname}.${domainname}`;
  const [first = full] = full.split(".");
  const names = first === full ? full : `${full} ${first}`;
  const addresses = endpoints.flatMap(({ ipv4, ipv6 }) => [ipv4?.address, ipv6?.address]);
  return addresses.flatMap((address) => (address === undefined ? [] : [`${address}\t${names}`]));
}

function loopbackHosts({ endpoints }: Sandbox): string {
  if (!endpoints.some(({ ipv6 }) => ipv6 !== undefined)) return "127.0.0.1\tlocalhost";
  return [
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    "fe00::\tip6-localnet",
    "ff00::\tip6-mcastprefix",
    "ff02::1\tip6-allnodes",
    "ff02::2\tip6-allrouters",
  ].join("\n");
}

/** Addresses by which a container reaches its host: those of the bridge it is on, else of the default one. */
function hostGateways({ networks }: FilesEngine, { endpoints }: Sandbox): string[] {
  const primary = primaryEndpoint(endpoints);
  const own = [primary?.ipv4?.gateway, primary?.ipv6?.gateway].filter((one) => one !== undefined && one !== "");
  if (own.length > 0) return own as string[];
  const gateway = networks.records.find("bridge")?.subnets[0]?.gateway;
  return gateway === undefined ? ["127.0.0.1"] : [gateway];
}

function resolvConfOf({ networks }: FilesEngine, sandbox: Sandbox): string {
  const host = parseResolvConf(readIfReadable("/etc/resolv.conf"));
  const { dns } = sandbox;
  const own = networks.nameServer.addressesFor(sandbox);
  const servers = own.length > 0 ? own : dns.servers.length > 0 ? dns.servers : host.servers;
  const search = dns.search.length > 0 ? dns.search.filter((one) => one !== ".") : host.search;
  const options = dns.options.length > 0 ? dns.options : host.options;
  const isSet = options.some((option) => option.startsWith("ndots:"));
  const asked = isSet || !isOnUsersNetwork(networks, sandbox) ? options : [...options, asGiven];
  return renderResolvConf({ servers, search, options: asked });
}

/** A container's name is asked for before a search domain is put behind it, which may know every name; as in Docker. */
const asGiven = "ndots:0";

function isOnUsersNetwork({ records }: Engine["networks"], { endpoints }: Sandbox): boolean {
  return endpoints.some(({ networkId }) => {
    const network = records.find(networkId);
    return network !== undefined && isUserDefined(network);
  });
}

function renderResolvConf({ servers, search, options }: ResolvConf): string {
  const lines = [
    "# Generated by tdock; written anew when the container starts.",
    ...servers.map((server) => `nameserver ${server}`),
    ...(search.length > 0 ? [`search ${search.join(" ")}`] : []),
    ...(options.length > 0 ? [`options ${options.join(" ")}`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function readIfReadable(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
