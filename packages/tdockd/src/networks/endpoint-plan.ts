import { randomBytes } from "node:crypto";
import type { EndpointSettings } from "@tdock/api/endpoint-settings";
import { TdockError } from "@tdock/errors/error";
import { plainAddress } from "../host/netlink/address-bytes.ts";
import { checkWantedAddress, findFreeAddress, macOf } from "./addresses.ts";
import { familyOf, parseCidr } from "./cidr.ts";
import { gatewayMode } from "./gateway-mode.ts";
import type { Network, Subnet } from "./network.ts";
import type { Endpoint, EndpointAddress } from "./sandbox.ts";
import type { SandboxStore } from "./sandbox-store.ts";

export interface EndpointRequest {
  readonly network: Network;
  readonly settings: EndpointSettings;
  readonly containerId: string;
  readonly containerName: string;
  readonly hostname: string;
  /** Name of the device in the container, e.g. `eth0`. */
  readonly device: string;
  /** Addresses that are others', though these do not run: given away last. */
  readonly kept?: ReadonlySet<string> | undefined;
}

/**
 * Chooses addresses and names for a container's place in a network; takes nothing yet. To be followed by
 * `sandboxes.put` within the same turn. Throws `conflict` for an address that is taken and for a network without free
 * ones, `invalid-argument` for an address outside its subnets.
 */
export function planEndpoint(sandboxes: SandboxStore, request: EndpointRequest): Endpoint {
  const { network, settings, device } = request;
  const endpointId = randomBytes(32).toString("hex");
  const ipv4 = chooseAddress(sandboxes, request, 4);
  const ipv6 = chooseAddress(sandboxes, request, 6);
  return {
    networkId: network.id,
    networkName: network.name,
    endpointId,
    hostDevice: network.driver === "bridge" ? hostDeviceName(endpointId) : "",
    device,
    mac: settings.MacAddress?.toLowerCase() || (ipv4 === undefined ? randomMac() : macOf(ipv4.address)),
    ipv4,
    ipv6,
    gatewayPriority: settings.GwPriority ?? 0,
    routed: ([4, 6] as const).filter((family) => gatewayMode(network, family) === "routed"),
    settings,
    dnsNames: dnsNamesOf(request),
  };
}

/** Prefix of the devices on the host's side; twelve more digits make the fifteen characters that the kernel allows. */
const devicePrefix = "tdk";

export function isHostDeviceName(name: string): boolean {
  return new RegExp(`^${devicePrefix}[0-9a-f]{12}$`).test(name);
}

/** Every name that a container is found by in its networks, lower case. */
export function dnsNamesOf(request: Omit<EndpointRequest, "network" | "device">): string[] {
  const { containerId, containerName, hostname, settings } = request;
  const names = [containerName, ...(settings.Aliases ?? []), containerId.slice(0, 12), hostname];
  return [...new Set(names.filter((name) => name !== "").map((name) => name.toLowerCase()))];
}

function hostDeviceName(endpointId: string): string {
  return `${devicePrefix}${endpointId.slice(0, 12)}`;
}

function chooseAddress(
  sandboxes: SandboxStore,
  { network, settings: { IPAMConfig: ipam }, kept }: EndpointRequest,
  family: 4 | 6,
): EndpointAddress | undefined {
  const wanted = (family === 4 ? ipam?.IPv4Address : ipam?.IPv6Address) ?? "";
  const subnets = network.subnets.filter(({ subnet }) => parseCidr(subnet).family === family);
  const isTaken = (address: string) => sandboxes.isAddressTaken(network.id, address);
  const isTakenOrKept = (address: string) => isTaken(address) || kept?.has(address) === true;
  if (wanted !== "") {
    if (familyOf(wanted) !== family)
      throw new TdockError("invalid-argument", `invalid IPv${family} address: ${wanted}`);
    const address = plainAddress(wanted);
    return endpointAddress(network, checkWantedAddress(subnets, address, isTaken), address);
  }
  if (subnets.length === 0) return undefined;
  for (const subnet of subnets) {
    const after = sandboxes.lastGiven(network.id, subnet.subnet);
    const address =
      findFreeAddress({ subnet, isTaken: isTakenOrKept, after }) ?? findFreeAddress({ subnet, isTaken, after });
    if (address === undefined) continue;
    sandboxes.rememberGiven(network.id, subnet.subnet, address);
    return endpointAddress(network, subnet, address);
  }
  const message = `no available IPv${family} addresses on this network's address pools: ${network.name} (${network.id})`;
  throw new TdockError("conflict", message, { reason: "network-full" });
}

function endpointAddress(network: Network, subnet: Subnet, address: string): EndpointAddress {
  const gateway = network.isInternal ? "" : (subnet.gateway ?? "");
  return { address, prefixLength: parseCidr(subnet.subnet).bits, gateway };
}

/** Locally administered, unicast. */
function randomMac(): string {
  return ["02", "42", ...(randomBytes(4).toString("hex").match(/../g) ?? [])].join(":");
}
