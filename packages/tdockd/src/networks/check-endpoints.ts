import { isIP } from "node:net";
import type { EndpointSettings } from "@tdock/api/endpoint-settings";
import type { HostConfig } from "@tdock/api/host-config";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { isLoopback } from "./cidr.ts";
import { parseEgress } from "./egress/policy.ts";
import { checkEndpointOptions } from "./endpoint-options.ts";
import { isUserDefined, type Network } from "./network.ts";
import { parseExtraHost } from "./network-files.ts";
import { portRequests } from "./port-request.ts";
import { networkModeOf } from "./sandbox-request.ts";

export interface EndpointsToCheck {
  readonly hostConfig: HostConfig;
  readonly endpoints: Readonly<Record<string, EndpointSettings>>;
}

/**
 * Refuses at creation what could never be started: malformed addresses, names and ports, and settings that the network
 * does not allow. Throws `invalid-argument`; `not-found` for an unknown network, before there is half a container.
 */
export function checkEndpoints(
  { networks }: Pick<Engine, "networks">,
  { hostConfig, endpoints }: EndpointsToCheck,
): void {
  const mode = networkModeOf(hostConfig);
  if (mode.kind !== "networks" && Object.keys(endpoints).length > 0) {
    const message = `conflicting options: a container with --network ${hostConfig.NetworkMode} cannot join networks`;
    throw new TdockError("invalid-argument", message);
  }
  for (const [reference, settings] of Object.entries(endpoints)) {
    const network = networks.records.get(reference);
    checkEndpointSettings(settings, network);
    checkEgressOn(network, hostConfig);
  }
  for (const text of hostConfig.ExtraHosts ?? []) parseExtraHost(text);
  for (const server of hostConfig.Dns ?? []) checkDnsServer(server);
  for (const word of [...(hostConfig.DnsSearch ?? []), ...(hostConfig.DnsOptions ?? [])]) checkWord(word);
  if (parseEgress(hostConfig.Egress ?? [])?.isRestricted === true && (hostConfig.Dns ?? []).some(isLoopback)) {
    const message =
      "conflicting options: egress and a DNS server inside the container, which could say what is allowed";
    throw new TdockError("invalid-argument", message);
  }
  if ((mode.kind === "host" || mode.kind === "container") && hostConfig.Egress?.length) {
    throw new TdockError("invalid-argument", "conflicting options: egress and the network mode");
  }
  portRequests({ bindings: hostConfig.PortBindings ?? {}, exposed: [], publishAll: false });
}

/** What a container sends by a device on the host's own network does not pass the rules. Throws `invalid-argument`. */
export function checkEgressOn({ driver, name }: Network, { Egress: egress }: HostConfig): void {
  if (!egress?.length || driver === "bridge") return;
  const message = `egress cannot be controlled on network ${name}: containers send past the host there (driver ${driver})`;
  throw new TdockError("invalid-argument", message);
}

/** Throws `invalid-argument` for what this network, or any, cannot do. */
export function checkEndpointSettings(settings: EndpointSettings, network: Network): void {
  const { IPAMConfig: ipam, Aliases: aliases, MacAddress: mac } = settings;
  const addresses = [ipam?.IPv4Address, ipam?.IPv6Address].filter((one) => one);
  for (const address of addresses) {
    if (isIP(address ?? "") === 0) throw new TdockError("invalid-argument", `invalid IP address: ${address}`);
  }
  for (const address of ipam?.LinkLocalIPs ?? []) {
    if (isIP(address) === 0) throw new TdockError("invalid-argument", `invalid link-local IP address: ${address}`);
  }
  for (const alias of aliases ?? []) checkName(alias);
  for (const link of settings.Links ?? []) for (const name of link.split(":", 2)) checkName(name);
  checkEndpointOptions(settings);
  if (mac && !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) {
    throw new TdockError("invalid-argument", `invalid MAC address: ${mac}`);
  }
  if (mac && (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1) {
    throw new TdockError("invalid-argument", `invalid MAC address: ${mac} is a multicast address`);
  }
  if (network.isConfigOnly) {
    throw new TdockError("forbidden", `cannot use config-only network ${network.name} for a container`);
  }
  if (addresses.length > 0 && !isUserDefined(network)) {
    throw new TdockError("invalid-argument", "user specified IP address is supported on user defined networks only");
  }
  if (addresses.length > 0 && !network.hasOwnSubnets) {
    const message =
      "user specified IP address is supported only when connecting to networks with user configured subnets";
    throw new TdockError("invalid-argument", message);
  }
  if ((aliases ?? []).length > 0 && !isUserDefined(network)) {
    const message = "network-scoped aliases are only supported for user-defined networks";
    throw new TdockError("invalid-argument", message);
  }
}

/** Names go into DNS answers and /etc/hosts: nothing that could be read as more than one word. */
function checkName(name: string): void {
  if (/^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,253}[A-Za-z0-9_])?$/.test(name)) return;
  throw new TdockError("invalid-argument", `invalid network alias: ${JSON.stringify(name)}`);
}

function checkDnsServer(server: string): void {
  if (isIP(server) !== 0) return;
  throw new TdockError("invalid-argument", `invalid IP address for a DNS server: ${JSON.stringify(server)}`);
}

function checkWord(word: string): void {
  if (/^[\x21-\x7e]{1,255}$/.test(word)) return;
  throw new TdockError("invalid-argument", `invalid DNS search domain or option: ${JSON.stringify(word)}`);
}
