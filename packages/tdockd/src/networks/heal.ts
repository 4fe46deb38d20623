import type { Engine } from "../engine.ts";
import { plainAddress } from "../host/netlink/address-bytes.ts";
import { listAddresses } from "../host/netlink/addresses.ts";
import { changeLink, findLink, listLinks, setBridgePort } from "../host/netlink/links.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { readSysctl, writeSysctl } from "../host/sysctl.ts";
import { bridgeAddresses, bridgeMark, bridgePortOf, ensureNetworkBridge } from "./devices.ts";
import { moveResolversInside } from "./move-resolvers.ts";
import type { Network } from "./network.ts";
import { rebuildFirewall } from "./rebuild-firewall.ts";

type HealEngine = Pick<Engine, "config" | "log" | "networks">;

const intervalMs = 2000;

/**
 * Looks every two seconds whether somebody took away what the networks of running containers stand on, and puts it
 * back: the nftables table, bridges, IP forwarding, the way from 127.0.0.1. Ends with the signal.
 */
export function keepNetworksHealthy(engine: HealEngine, signal: AbortSignal): void {
  let isBusy = false;
  const timer = setInterval(async () => {
    if (isBusy) return;
    isBusy = true;
    await healNetworks(engine).catch((err) => engine.log.error({ err }, "networks could not be healed"));
    isBusy = false;
  }, intervalMs);
  timer.unref();
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}

/** One such look. */
export async function healNetworks(engine: HealEngine): Promise<void> {
  const { networks, log } = engine;
  for (const name of forwardingOf(networks.records.list())) {
    if (readSysctl(name) !== "0") continue;
    log.warn({ name }, "IP forwarding was turned off; it is on again");
    writeSysctl(name, 1);
  }
  for (const network of damagedBridges(engine)) {
    log.warn({ network: network.name, device: network.device }, "a bridge was changed or removed; it is put right");
    healBridge(engine, network);
    networks.claim.hold();
    // Whoever started meanwhile found no address to ask at.
    for (const { sandbox } of networks.sandboxes.membersOf(network.id)) await networks.nameServer.serve(sandbox);
  }
  const state = networks.firewall.inspect();
  if (state === "damaged") {
    log.warn({ table: engine.config.nftTable }, "the nftables table was changed by others; it is made anew");
    await rebuildFirewall(networks);
    networks.firewall.inspect();
  }
  if (state === "untouched") return;
  await networks.hostFirewall.sync();
  await moveResolversInside(engine);
}

/** The kernel variables without which these networks have no way out. */
function forwardingOf(all: readonly Network[]): string[] {
  const hasIpv6 = all.some((network) => hasOwnBridge(network) && network.hasIpv6);
  return ["net/ipv4/ip_forward", ...(hasIpv6 ? ["net/ipv6/conf/all/forwarding"] : [])];
}

/**
 * Gone, down, without an address, without a container's device or closed to the host's 127.0.0.1. One that is
 * somebody else's by now is left.
 */
function damagedBridges({ config, networks }: HealEngine): Network[] {
  using socket = new NetlinkSocket();
  const links = new Map(listLinks(socket).map((link) => [link.name, link]));
  const present = new Set(listAddresses(socket).map(({ deviceIndex, address }) => `${deviceIndex} ${address}`));
  const isWhole = (network: Network) => {
    const link = links.get(network.device);
    if (link === undefined) return false;
    if (link.alias !== bridgeMark(config, network.id)) return true;
    const isPlugged = (device: string) => {
      const port = links.get(device);
      return port === undefined || (port.masterIndex === link.index && port.isUp);
    };
    return (
      link.isUp &&
      readSysctl(`net/ipv4/conf/${network.device}/route_localnet`) === "1" &&
      bridgeAddresses(network).every(({ address }) => present.has(`${link.index} ${plainAddress(address)}`)) &&
      networks.sandboxes.membersOf(network.id).every(({ endpoint }) => isPlugged(endpoint.hostDevice))
    );
  };
  return networks.records.list().filter((network) => hasOwnBridge(network) && !isWhole(network));
}

function hasOwnBridge({ driver, isConfigOnly }: Network): boolean {
  return driver === "bridge" && !isConfigOnly;
}

/** The host's ends of the containers' devices outlive their bridge, and only need to be plugged in again. */
function healBridge({ config, networks }: HealEngine, network: Network): void {
  using socket = new NetlinkSocket();
  const masterIndex = ensureNetworkBridge(config, network);
  for (const { sandbox, endpoint } of networks.sandboxes.membersOf(network.id)) {
    const link = findLink(socket, endpoint.hostDevice);
    if (link === undefined) continue;
    changeLink(socket, link.index, { masterIndex, isUp: true });
    const port = bridgePortOf(network, sandbox.ports.length > 0);
    if (port !== undefined) setBridgePort(socket, link.index, port);
  }
}
