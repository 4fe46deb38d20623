import type { NetworkingConfig } from "@tdock/api/endpoint-settings";
import { invalid } from "./invalid.ts";
import type { NetworkAttachment } from "./network.ts";

/** The flags that say how a container is attached to its first network. */
export interface NetworkFlags {
  readonly networks: readonly NetworkAttachment[];
  readonly aliases: readonly string[];
  readonly links: readonly string[];
  readonly ipv4: string | undefined;
  readonly ipv6: string | undefined;
  readonly macAddress: string | undefined;
  readonly linkLocalIps: readonly string[];
}

type Endpoints = NonNullable<NetworkingConfig["EndpointsConfig"]>;

/**
 * Endpoint settings by network; the older flags (`--ip`, `--network-alias`, …) belong to the first. A single network
 * without settings needs no entry. Throws `invalid-argument` where flags contradict (docker/cli `parseNetworkOpts`).
 */
export function endpointsOf(flags: NetworkFlags): Endpoints {
  const networks = flags.networks.length === 0 ? [{ target: "default", aliases: [] }] : flags.networks;
  const endpoints: Endpoints = Object.create(null);
  for (const [index, network] of networks.entries()) {
    const merged = index === 0 ? withOlderFlags(network, flags) : { ...network, links: [] };
    if (Object.hasOwn(endpoints, network.target))
      throw invalid(`network "${network.target}" is specified multiple times`);
    const endpoint = endpointOf(merged);
    if (networks.length > 1 || Object.keys(endpoint).length > 0) endpoints[network.target] = endpoint;
  }
  const kinds = new Set(networks.map(({ target }) => isUserDefined(target)));
  if (kinds.size > 1) {
    throw invalid("conflicting options: cannot attach both user-defined and non-user-defined network-modes");
  }
  return endpoints;
}

/** Whether a network mode names a network that somebody created. */
export function isUserDefined(mode: string): boolean {
  return !["default", "bridge", "host", "none"].includes(mode) && !mode.startsWith("container:");
}

type LinkedAttachment = NetworkAttachment & { readonly links: readonly string[] };

function withOlderFlags(network: NetworkAttachment, flags: NetworkFlags): LinkedAttachment {
  refuseBoth(network.aliases.length > 0 && flags.aliases.length > 0, "--network-alias and per-network alias");
  refuseBoth(network.ipv4 !== undefined && flags.ipv4 !== undefined, "--ip and per-network IPv4 address");
  refuseBoth(network.ipv6 !== undefined && flags.ipv6 !== undefined, "--ip6 and per-network IPv6 address");
  refuseBoth(
    network.macAddress !== undefined && flags.macAddress !== undefined,
    "--mac-address and per-network MAC address",
  );
  refuseBoth(
    network.linkLocalIps !== undefined && flags.linkLocalIps.length > 0,
    "--link-local-ip and per-network link-local IP addresses",
  );
  return {
    ...network,
    aliases: [...network.aliases, ...flags.aliases],
    links: isUserDefined(network.target) ? flags.links : [],
    ...definedOnly({ ipv4: flags.ipv4, ipv6: flags.ipv6, macAddress: flags.macAddress }),
    ...(flags.linkLocalIps.length > 0 && { linkLocalIps: flags.linkLocalIps }),
  };
}

function refuseBoth(both: boolean, names: string): void {
  if (both) throw invalid(`conflicting options: cannot specify both ${names}`);
}

function endpointOf(network: LinkedAttachment): Endpoints[string] & object {
  const { target, aliases, links, ipv4, ipv6, linkLocalIps } = network;
  if (target.trim() === "") throw invalid("no name set for network");
  if (aliases.length > 0 && !isUserDefined(target)) {
    throw invalid("network-scoped aliases are only supported for user-defined networks");
  }
  const ipam = definedOnly({ IPv4Address: ipv4, IPv6Address: ipv6, LinkLocalIPs: linkLocalIps && [...linkLocalIps] });
  return {
    ...(aliases.length > 0 && { Aliases: [...aliases] }),
    ...(links.length > 0 && { Links: [...links] }),
    ...(Object.keys(ipam).length > 0 && { IPAMConfig: ipam }),
    ...definedOnly({ MacAddress: network.macAddress, GwPriority: network.gatewayPriority }),
    ...(network.driverOpts !== undefined && { DriverOpts: { ...network.driverOpts } }),
  };
}

function definedOnly<T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T & {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
