import { randomBytes } from "node:crypto";
import type { IpamConfig, NetworkCreateBody, NetworkCreateResponse } from "@tdock/api/networks";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { writeSysctl } from "../host/sysctl.ts";
import { chooseSubnet, findOverlap, networkRanges, type UsedRange, uniqueLocalPool } from "./choose-subnet.ts";
import { parseCidr } from "./cidr.ts";
import { ensureNetworkBridge } from "./devices.ts";
import { deviceOf, driverOf } from "./driver-options.ts";
import { networkEvent } from "./event.ts";
import { hostRanges } from "./host-ranges.ts";
import { isReservedName, type Network, type Subnet } from "./network.ts";
import { removeNetworkParts } from "./remove.ts";
import { subnetOf } from "./subnet.ts";

type CreateEngine = Pick<Engine, "config" | "events" | "id" | "networks" | "now">;

/**
 * `POST /networks/create`: the network whole, with its bridge, or nothing of it. Throws `conflict` for a name in use
 * and for a pool that is used up, `forbidden` for a predefined name and for a subnet that overlaps with another or
 * with the host's, `invalid-argument` for an unknown driver or option.
 */
export async function createNetwork(
  engine: CreateEngine,
  { body }: { readonly body: NetworkCreateBody },
): Promise<NetworkCreateResponse> {
  const network = planNetwork(engine, withTemplate(engine, body));
  await engine.networks.records.create(network);
  try {
    if (network.driver === "bridge" && !network.isConfigOnly) {
      ensureNetworkBridge(engine.config, network);
      engine.networks.firewall.addNetwork(network);
      if (engine.networks.hostFirewall.hasChains) await engine.networks.hostFirewall.sync();
      if (network.hasIpv6) writeSysctl("net/ipv6/conf/all/forwarding", 1);
    }
  } catch (error) {
    await removeNetworkParts(engine, network);
    throw error;
  }
  networkEvent(engine, network, "create");
  return { Id: network.id, Warning: "" };
}

/** Synchronous up to the record being taken: two networks can neither have one name nor one subnet. */
function planNetwork(engine: CreateEngine, body: NetworkCreateBody): Network {
  const name = checkNetworkName(body.Name);
  if (body.Ingress === true || (body.Scope && body.Scope !== "local")) {
    throw new TdockError("forbidden", "This node is not a swarm manager: only networks of scope local can be created");
  }
  const driver = driverOf(body.Driver || "bridge");
  const id = randomBytes(32).toString("hex");
  const options = { ...body.Options };
  const isConfigOnly = body.ConfigOnly === true;
  const hasIpv4 = body.EnableIPv4 !== false;
  const hasIpv6 = body.EnableIPv6 === true;
  const device = deviceOf({ driver, id, options });
  if (!hasIpv4 && !hasIpv6) throw new TdockError("invalid-argument", "IPv4 or IPv6 must be enabled");
  checkIpam(body);
  const given = (body.IPAM?.Config ?? []).filter(({ Subnet: subnet }) => subnet);
  const draft = { name, driver, isInternal: body.Internal === true, hasIpv4, hasIpv6, isConfigOnly, device };
  const subnets = isConfigOnly ? given.map((config) => subnetOf(config)) : planSubnets(engine, draft, given);
  return {
    ...draft,
    id,
    createdAt: engine.now().toISOString(),
    isAttachable: body.Attachable === true,
    ipamDriver: body.IPAM?.Driver || "default",
    ipamOptions: { ...body.IPAM?.Options },
    subnets,
    hasOwnSubnets: given.length > 0,
    options,
    labels: { ...body.Labels },
    configFrom: body.ConfigFrom?.Network ?? "",
  };
}

type SubnetDraft = Pick<Network, "name" | "driver" | "isInternal" | "hasIpv4" | "hasIpv6" | "device">;

/** Subnets that were asked for, and one from the pool for each family without. */
function planSubnets(engine: CreateEngine, draft: SubnetDraft, given: readonly IpamConfig[]): Subnet[] {
  const others = networkRanges(engine.networks.records.planned().filter(({ isConfigOnly }) => !isConfigOnly));
  // The network of a macvlan or ipvlan device is the parent's own: there an overlap is the point.
  const used = draft.driver === "bridge" ? [...others, ...hostRanges(draft.device)] : [];
  const subnets: Subnet[] = [];
  const { name } = draft;
  for (const config of given) {
    const subnet = subnetOf(config);
    refuseOverlap(subnet, [...used, ...networkRanges([{ name, subnets }])]);
    subnets.push(subnet);
  }
  const families = new Set(subnets.map(({ subnet }) => parseCidr(subnet).family));
  if (families.has(6) && !draft.hasIpv6) {
    throw new TdockError("invalid-argument", "an IPv6 subnet needs IPv6 to be enabled for the network");
  }
  if (draft.hasIpv4 && !families.has(4))
    subnets.push(chooseSubnet(engine.config.addressPools, 24, [...others, ...hostRanges(draft.device)]));
  if (draft.hasIpv6 && !families.has(6))
    subnets.push(chooseSubnet([uniqueLocalPool(engine.id)], 64, [...others, ...hostRanges(draft.device)]));
  return subnets;
}

function refuseOverlap({ subnet }: Subnet, used: readonly UsedRange[]): void {
  const overlap = findOverlap(parseCidr(subnet), used);
  if (overlap === undefined) return;
  const message = `invalid pool request: Pool overlaps with other one on this address space: ${subnet} overlaps with ${overlap.what}`;
  throw new TdockError("forbidden", message, { reason: "pool-overlap" });
}

function checkNetworkName(name: string): string {
  if (isReservedName(name)) {
    throw new TdockError("forbidden", `operation is not permitted on predefined ${name} network`);
  }
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/.test(name)) return name;
  const message =
    name.trim() === "" ? "invalid network name: name is empty" : `invalid network name: ${JSON.stringify(name)}`;
  throw new TdockError("invalid-argument", message);
}

function checkIpam({ IPAM: ipam }: NetworkCreateBody): void {
  if (ipam?.Driver && ipam.Driver !== "default") {
    throw new TdockError("invalid-argument", `invalid IPAM driver: ${ipam.Driver}`);
  }
  const [option] = Object.keys(ipam?.Options ?? {});
  if (option !== undefined) throw new TdockError("invalid-argument", `invalid IPAM option: ${option}`);
}

/** What a config-only network says, under what the request says itself. */
function withTemplate({ networks }: CreateEngine, body: NetworkCreateBody): NetworkCreateBody {
  const reference = body.ConfigFrom?.Network;
  if (!reference) return body;
  const template = networks.records.find(reference);
  if (template === undefined || !template.isConfigOnly) {
    throw new TdockError("not-found", `configuration network ${reference} not found`);
  }
  if (body.ConfigOnly === true) {
    throw new TdockError("invalid-argument", "a configuration network cannot have a configuration of its own");
  }
  return {
    ...body,
    EnableIPv4: template.hasIpv4,
    EnableIPv6: template.hasIpv6,
    Internal: template.isInternal,
    Options: { ...template.options, ...body.Options },
    Labels: { ...template.labels, ...body.Labels },
    IPAM: { Driver: template.ipamDriver, Config: template.subnets.map(configOf) },
  };
}

function configOf({ subnet, ipRange, gateway, auxiliaryAddresses }: Subnet): IpamConfig {
  return { Subnet: subnet, IPRange: ipRange, Gateway: gateway, AuxiliaryAddresses: { ...auxiliaryAddresses } };
}
