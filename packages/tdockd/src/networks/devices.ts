import { isIPv4, isIPv6 } from "node:net";
import { TdockError } from "@tdock/errors/error";
import type { Config } from "../config.ts";
import { ensureBridge } from "../host/bridge.ts";
import { addAddress } from "../host/netlink/addresses.ts";
import {
  type BridgePort,
  changeLink,
  createSubInterface,
  createVeth,
  findLink,
  type Link,
  type LinkSettings,
  setBridgePort,
} from "../host/netlink/links.ts";
import { setRoute } from "../host/netlink/routes.ts";
import type { NetlinkSocket } from "../host/netlink/socket.ts";
import type { NamespaceScope } from "../host/netns.ts";
import { writeSysctl } from "../host/sysctl.ts";
import { errnoName } from "../host/system-error.ts";
import { parseCidr } from "./cidr.ts";
import { endpointSysctls } from "./endpoint-options.ts";
import { isOn, type Network } from "./network.ts";
import type { Endpoint, EndpointAddress } from "./sandbox.ts";

/** The kernel's limit of a bridge (BR_PORT_BITS). */
const bridgePorts = 1023;

/** The mark of a network's bridge: whoever finds it knows whose it is, also beside another tdockd. */
export function bridgeMark({ nftTable }: Pick<Config, "nftTable">, networkId: string): string {
  return `${nftTable} network ${networkId}`;
}

/** Makes a network's bridge, or puts right what is missing of it; answers its index. */
export function ensureNetworkBridge(config: Pick<Config, "nftTable">, network: Network): number {
  const mtu = mtuOf(network);
  return ensureBridge({
    name: network.device,
    alias: bridgeMark(config, network.id),
    addresses: bridgeAddresses(network).map(({ address, bits }) => `${address}/${bits}`),
    hasIpv6: network.hasIpv6,
    ...(mtu === undefined ? {} : { mtu }),
  });
}

/** The addresses that a network's bridge has on the host. */
export function bridgeAddresses(network: Network): { readonly address: string; readonly bits: number }[] {
  const isInhibited = isOn(network, "com.docker.network.bridge.inhibit_ipv4", false);
  return network.subnets.flatMap(({ subnet, gateway }) => {
    const isWanted = gateway !== undefined && !(isInhibited && isIPv4(gateway));
    return isWanted ? [{ address: gateway, bits: parseCidr(subnet).bits }] : [];
  });
}

export interface EndpointPlace {
  readonly config: Pick<Config, "nftTable">;
  readonly network: Network;
  readonly endpoint: Endpoint;
  /** Whose endpoint it is; written on the device for whoever looks at it. */
  readonly containerId: string;
  readonly hasPublishedPorts: boolean;
}

/**
 * Makes an endpoint's devices and gives them their addresses. Call inside the container's namespace; `host` is a
 * socket of the host's. Throws `conflict`, reason `network-full`, when the bridge has no port left.
 */
export function createEndpoint(host: NetlinkSocket, scope: NamespaceScope, place: EndpointPlace): void {
  const { network, endpoint } = place;
  const inside: LinkSettings = {
    name: endpoint.device,
    mac: endpoint.mac,
    namespaceFd: scope.fd,
    ...mtuSetting(network),
  };
  if (network.driver === "bridge") createBridgePort(host, place, inside);
  else createSubDevice(host, network, inside);

  const link = findLink(scope.socket, endpoint.device);
  if (link === undefined) throw new TdockError("internal", `device ${endpoint.device} did not arrive`);
  const addresses = addressesOf(endpoint);
  if (addresses.some(({ address }) => isIPv6(address))) writeSysctl(`net/ipv6/conf/${endpoint.device}/disable_ipv6`, 0);
  for (const { name, value } of endpointSysctls(endpoint.settings, endpoint.device)) writeSysctl(name, value);
  changeLink(scope.socket, link.index, { isUp: true });
  for (const address of addresses) addAddress(scope.socket, { deviceIndex: link.index, ...address });
}

/** Those of its networks, and the link-local ones that were asked for, with Docker's prefixes. */
function addressesOf({ ipv4, ipv6, settings }: Endpoint): { address: string; prefixLength: number }[] {
  const linkLocal = (settings.IPAMConfig?.LinkLocalIPs ?? []).map((address) => ({
    address,
    prefixLength: isIPv6(address) ? 64 : 16,
  }));
  return [...(ipv4 ? [ipv4] : []), ...(ipv6 ? [ipv6] : []), ...linkLocal];
}

/** Lets the container's way out lead through this endpoint. Call inside the container's namespace. */
export function setDefaultRoutes(scope: NamespaceScope, endpoint: Endpoint): void {
  const link = findLink(scope.socket, endpoint.device);
  if (link === undefined) return;
  setDefaultRoute(scope, link, endpoint.ipv4, "0.0.0.0/0");
  setDefaultRoute(scope, link, endpoint.ipv6, "::/0");
}

/**
 * Readies a new namespace: loopback up, IPv6 off until a network has it; its ports, and pings, are for programs without
 * privileges too, as in Docker. Call inside it.
 */
export function prepareNamespace({ socket }: NamespaceScope): void {
  for (const conf of ["all", "default"]) {
    writeSysctl(`net/ipv6/conf/${conf}/disable_ipv6`, 1);
    writeSysctl(`net/ipv6/conf/${conf}/accept_ra`, 0);
  }
  writeSysctl("net/ipv4/ip_unprivileged_port_start", 0);
  writeSysctl("net/ipv4/ping_group_range", "0 2147483647");
  const loopback = findLink(socket, "lo");
  if (loopback !== undefined) changeLink(socket, loopback.index, { isUp: true });
}

function setDefaultRoute(scope: NamespaceScope, link: Link, address: EndpointAddress | undefined, all: string): void {
  if (address === undefined || address.gateway === "") return;
  setRoute(scope.socket, { destination: all, deviceIndex: link.index, gateway: address.gateway });
}

function createBridgePort(
  host: NetlinkSocket,
  { config, network, endpoint, containerId, hasPublishedPorts }: EndpointPlace,
  peer: LinkSettings,
): void {
  const masterIndex = findLink(host, network.device)?.index ?? ensureNetworkBridge(config, network);
  const name = endpoint.hostDevice;
  try {
    createVeth(host, { name, settings: { isUp: true, masterIndex, ...mtuSetting(network) }, peer });
  } catch (error) {
    if (errnoName(error) !== "EXFULL" && errnoName(error) !== "errno 54") throw error;
    const message = `network ${network.name} is full (${bridgePorts} ports)`;
    throw new TdockError("conflict", message, { cause: error, reason: "network-full" });
  }
  changeLink(host, 0, { name, alias: `${config.nftTable} container ${containerId}` });
  const port = bridgePortOf(network, hasPublishedPorts);
  if (port !== undefined) setBridgePort(host, findLink(host, name)?.index ?? 0, port);
}

/** What a container's port of the bridge may do, where that is not what every port may. */
export function bridgePortOf(network: Network, hasPublishedPorts: boolean): BridgePort | undefined {
  const isIsolated = !isOn(network, "com.docker.network.bridge.enable_icc", true);
  return isIsolated || hasPublishedPorts ? { isIsolated, isHairpin: hasPublishedPorts } : undefined;
}

const macvlanModes: Readonly<Record<string, number>> = { private: 1, vepa: 2, bridge: 4, passthru: 8 };
const ipvlanModes: Readonly<Record<string, number>> = { l2: 0, l3: 1, l3s: 2 };

function createSubDevice(host: NetlinkSocket, network: Network, settings: LinkSettings): void {
  const kind = network.driver === "ipvlan" ? "ipvlan" : "macvlan";
  const parent = findLink(host, network.device);
  if (parent === undefined) {
    throw new TdockError("not-found", `parent device ${network.device} of network ${network.name} does not exist`);
  }
  const mode =
    kind === "macvlan"
      ? (macvlanModes[network.options.macvlan_mode ?? "bridge"] ?? 4)
      : (ipvlanModes[network.options.ipvlan_mode ?? "l2"] ?? 0);
  const { mac, ...withoutMac } = settings;
  try {
    // An ipvlan device has its parent's hardware address and no other.
    createSubInterface(host, {
      kind,
      mode,
      parentIndex: parent.index,
      settings: kind === "ipvlan" ? withoutMac : { ...withoutMac, ...(mac === undefined ? {} : { mac }) },
    });
  } catch (error) {
    if (errnoName(error) !== "EOPNOTSUPP" && errnoName(error) !== "ENOTSUP") throw error;
    throw new TdockError("not-implemented", `this kernel has no ${kind} devices`, { cause: error });
  }
}

function mtuSetting(network: Network): { mtu?: number } {
  const mtu = mtuOf(network);
  return mtu === undefined ? {} : { mtu };
}

function mtuOf(network: Network): number | undefined {
  const value = network.options["com.docker.network.driver.mtu"];
  return value === undefined || value === "" ? undefined : Number(value);
}
