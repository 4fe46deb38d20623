import { isIPv4 } from "node:net";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseSizeBytes } from "@tdock/api/size";
import { TdockError } from "@tdock/errors/error";
import type { Proxies } from "./registry/proxy.ts";

/** Where to listen on a network. */
export interface TcpAddress {
  /** An address or name of this machine; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Everything that one tdockd owns hangs on these settings; read once, at start. */
export interface Config {
  /** Images, containers, volumes, networks: what outlives a reboot. */
  readonly dataRoot: string;
  /** Sockets, namespaces, FIFOs: what does not. */
  readonly execRoot: string;
  /** Addresses to listen on, as `unix:///path`. */
  readonly hosts: readonly string[];
  /** Group that may use the socket, when it exists. */
  readonly group: string;
  /** Name of the default network's bridge; other instances are told apart by it. */
  readonly bridge: string;
  /** Subnet of the default network in CIDR form; without it, one is cut from the pool. */
  readonly bridgeSubnet: string | undefined;
  /** Large ranges that networks take their /24s from: of the next one when the host or networks have all of one. */
  readonly addressPools: readonly string[];
  /** Whether published ports keep to what the host's own firewall says about packets to the host. */
  readonly hostFirewall: "obey" | "ignore";
  /** Own nftables table, of family inet. */
  readonly nftTable: string;
  /** Parent of the containers' cgroups. */
  readonly cgroupParent: string;
  /** containerd's namespace. */
  readonly namespace: string;
  /** Socket of a containerd that already runs; without it tdockd starts its own. */
  readonly containerdAddress: string | undefined;
  /** Where Docker's seccomp profile lies. */
  readonly seccompProfile: string;
  readonly seccompUnconfined: boolean;
  /** Registries, as `host[:port]`, that may be spoken to without TLS; loopback always may. */
  readonly insecureRegistries: readonly string[];
  /** Folders that hold `<host>/hosts.toml`. */
  readonly certsDirs: readonly string[];
  /** What registries and the servers of downloads are asked through; the environment's, unless flags say otherwise. */
  readonly proxies: Proxies;
  /** Whether blobs of layers that a pull has unpacked are let go, unless the pull says otherwise. */
  readonly discardUnpacked: boolean;
  /** Bytes that what builds keep may take; without it, there is no limit. */
  readonly buildCacheBytes: number | undefined;
  /** Where others may pull this engine's images; without it, nowhere. */
  readonly serveImages: TcpAddress | undefined;
  readonly logLevel: string;
}

/** Of each family of private addresses one: a route into a VPN often takes all of 10.0.0.0/8. */
const defaultPools = ["10.201.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];

const options = {
  "data-root": { type: "string", default: "/var/lib/tdock" },
  "exec-root": { type: "string", default: "/run/tdock" },
  host: { type: "string", short: "H", multiple: true },
  group: { type: "string", short: "G", default: "tdock" },
  bridge: { type: "string", default: "tdock0" },
  "bridge-subnet": { type: "string" },
  "address-pool": { type: "string", multiple: true },
  "host-firewall": { type: "string", default: "obey" },
  containerd: { type: "string" },
  "seccomp-profile": { type: "string", default: "/usr/share/containers/seccomp.json" },
  "seccomp-unconfined": { type: "boolean", default: false },
  "insecure-registry": { type: "string", multiple: true },
  "certs-dir": { type: "string", multiple: true },
  "http-proxy": { type: "string" },
  "https-proxy": { type: "string" },
  "no-proxy": { type: "string" },
  "discard-unpacked": { type: "boolean", default: false },
  "build-cache-limit": { type: "string" },
  "serve-images": { type: "string" },
  "log-level": { type: "string", default: "info" },
  help: { type: "boolean", short: "h", default: false },
  version: { type: "boolean", short: "v", default: false },
} as const;

export const usage = `Usage: tdockd [OPTIONS]

      --data-root DIR          where images, containers and volumes are kept (default /var/lib/tdock)
      --exec-root DIR          where sockets and namespaces are kept (default /run/tdock)
  -H, --host ADDRESS           unix:///path to listen on; repeatable (default unix://EXEC-ROOT/tdock.sock)
  -G, --group NAME             group that may use the socket (default tdock)
      --bridge NAME            bridge of the default network (default tdock0)
      --bridge-subnet CIDR     its subnet (default: a free /24 of the pool)
      --address-pool CIDR      range that networks take their /24s from; repeatable
                               (default 10.201.0.0/16, then 172.16.0.0/12, then 192.168.0.0/16)
      --host-firewall MODE     obey: published ports keep to the host's own firewall (default); or ignore it,
                               with rules in those of its forward chains that let nothing pass
      --containerd PATH        socket of a containerd that already runs
      --seccomp-profile PATH   Docker's seccomp profile (default /usr/share/containers/seccomp.json)
      --seccomp-unconfined     run without a seccomp profile
      --insecure-registry HOST registry that may be spoken to without TLS; repeatable
      --certs-dir DIR          folder of <host>/hosts.toml; repeatable
      --http-proxy URL         proxy to registries and downloads without TLS (default: $HTTP_PROXY)
      --https-proxy URL        proxy to registries and downloads (default: $HTTPS_PROXY)
      --no-proxy LIST          what is asked without: domains, addresses, ranges (default: $NO_PROXY)
      --discard-unpacked       keep layers only unpacked; their blobs are fetched again when needed
      --build-cache-limit SIZE space that results of build steps may take, such as 20g (default: no limit)
      --serve-images ADDRESS   host:port where anyone may pull this engine's tagged images (default: nowhere)
      --log-level LEVEL        debug, info, warn or error (default info)
  -h, --help                   print this
  -v, --version                print the version
`;

/**
 * Reads the command line, and the proxies of the environment, into a frozen Config, or names what is only to be printed.
 * Throws `invalid-argument` for unknown flags and for values that cannot be.
 */
export function readConfig(argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Config | "help" | "version" {
  const values = parse(argv);
  if (values.help) return "help";
  if (values.version) return "version";
  const execRoot = resolve(values["exec-root"]);
  const bridge = values.bridge;
  if (!/^[a-zA-Z][\w-]{0,14}$/.test(bridge)) {
    throw new TdockError(
      "invalid-argument",
      `--bridge: wanted an interface name of up to 15 characters, got ${bridge}`,
    );
  }
  const suffix = bridge === "tdock0" ? "" : `-${bridge}`;
  return Object.freeze({
    dataRoot: resolve(values["data-root"]),
    execRoot,
    hosts: (values.host ?? [`unix://${execRoot}/tdock.sock`]).map(checkHost),
    group: values.group,
    bridge,
    bridgeSubnet:
      values["bridge-subnet"] === undefined ? undefined : checkCidr("--bridge-subnet", values["bridge-subnet"]),
    addressPools: (values["address-pool"] ?? defaultPools).map((pool) => checkCidr("--address-pool", pool)),
    hostFirewall: checkHostFirewall(values["host-firewall"]),
    nftTable: `tdock${suffix}`,
    cgroupParent: `/tdock${suffix}`,
    namespace: "tdock",
    containerdAddress: values.containerd,
    seccompProfile: values["seccomp-profile"],
    seccompUnconfined: values["seccomp-unconfined"],
    insecureRegistries: values["insecure-registry"] ?? [],
    certsDirs: values["certs-dir"] ?? ["/etc/tdock/certs.d", "/etc/containerd/certs.d", "/etc/docker/certs.d"],
    proxies: {
      http: checkProxy("--http-proxy", values["http-proxy"] ?? setting(environment, "HTTP_PROXY")),
      https: checkProxy("--https-proxy", values["https-proxy"] ?? setting(environment, "HTTPS_PROXY")),
      no: values["no-proxy"] ?? setting(environment, "NO_PROXY"),
    },
    discardUnpacked: values["discard-unpacked"],
    buildCacheBytes:
      values["build-cache-limit"] === undefined
        ? undefined
        : readSize("--build-cache-limit", values["build-cache-limit"]),
    serveImages: values["serve-images"] === undefined ? undefined : readAddress(values["serve-images"]),
    logLevel: values["log-level"],
  });
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: false }).values;
  } catch (cause) {
    throw new TdockError("invalid-argument", (cause as Error).message, { cause });
  }
}

/** TCP is refused: an engine without authentication gives root to whoever reaches it. */
function checkHost(host: string): string {
  if (/^unix:\/\/\/.+/.test(host)) return host;
  throw new TdockError(
    "invalid-argument",
    `--host: wanted unix:///path, got ${host} (TCP is not offered: it would give root to anyone)`,
  );
}

function readAddress(text: string): TcpAddress {
  const [, host, port] = /^\[?([^[\]]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host !== undefined && Number(port) > 0 && Number(port) <= 65_535) return { host, port: Number(port) };
  throw new TdockError("invalid-argument", `--serve-images: wanted an address such as 10.0.0.1:5000, got ${text}`);
}

/** By either of its names, as programs on Linux write it. */
function setting(environment: NodeJS.ProcessEnv, name: string): string {
  return environment[name] ?? environment[name.toLowerCase()] ?? "";
}

/** A proxy as a URL. The value itself may hold a password, and is not shown. */
function checkProxy(flag: string, text: string): string {
  if (text === "") return "";
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url !== null && ["http:", "https:"].includes(url.protocol)) return url.href;
  throw new TdockError("invalid-argument", `${flag}: wanted an address such as http://proxy.example:3128`);
}

function readSize(flag: string, text: string): number {
  const bytes = parseSizeBytes(text);
  if (bytes !== undefined) return bytes;
  throw new TdockError("invalid-argument", `${flag}: wanted a size such as 20g, got ${text}`);
}

function checkHostFirewall(mode: string): "obey" | "ignore" {
  if (mode === "obey" || mode === "ignore") return mode;
  throw new TdockError("invalid-argument", `--host-firewall: wanted obey or ignore, got ${mode}`);
}

function checkCidr(flag: string, value: string): string {
  const [address = "", bits = ""] = value.split("/");
  if (isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 30) return value;
  throw new TdockError("invalid-argument", `${flag}: wanted an IPv4 range such as 10.201.0.0/16, got ${value}`);
}
