import { isIP } from "node:net";
import type { IpamConfig } from "@tdock/api/networks";
import { TdockError } from "@tdock/errors/error";
import { plainAddress } from "../host/netlink/address-bytes.ts";
import { defaultGateway, isReserved } from "./addresses.ts";
import { type Cidr, containsAddress, containsCidr, formatCidr, parseCidr } from "./cidr.ts";
import type { Subnet } from "./network.ts";

/** Reads what `--subnet`, `--ip-range`, `--gateway` and `--aux-address` say. Throws `invalid-argument`. */
export function subnetOf(config: IpamConfig): Subnet {
  const subnet = parseCidr(config.Subnet ?? "");
  const range = config.IPRange ? parseCidr(config.IPRange) : undefined;
  if (range !== undefined && !containsCidr(subnet, range)) {
    throw invalid(`invalid ip-range ${config.IPRange}: it does not belong to the subnet ${config.Subnet}`);
  }
  const inside = (address: string, what: string) => {
    if (isIP(address) === 0) throw invalid(`invalid ${what}: ${JSON.stringify(address)} is not an IP address`);
    if (!containsAddress(subnet, address)) {
      throw invalid(`invalid ${what} ${address}: it does not belong to the subnet ${config.Subnet}`);
    }
    return plainAddress(address);
  };
  const gateway = config.Gateway ? inside(config.Gateway.replace(/\/\d+$/, ""), "gateway address") : undefined;
  if (gateway !== undefined && isReserved(wholeOf(subnet), gateway)) {
    throw invalid(`invalid gateway address ${gateway}: it stands for the subnet ${config.Subnet} itself`);
  }
  const auxiliary: Record<string, string> = Object.create(null);
  for (const [name, address] of Object.entries(config.AuxiliaryAddresses ?? {})) {
    auxiliary[name] = inside(address, "auxiliary address");
  }
  if (gateway !== undefined && Object.values(auxiliary).includes(gateway)) {
    throw invalid(`auxiliary address ${gateway} is the gateway's`);
  }
  return {
    subnet: formatCidr(subnet),
    ipRange: range === undefined ? undefined : formatCidr(range),
    gateway: gateway ?? defaultGateway(subnet),
    auxiliaryAddresses: auxiliary,
  };
}

function wholeOf(range: Cidr): Subnet {
  return { subnet: formatCidr(range), ipRange: undefined, gateway: undefined, auxiliaryAddresses: {} };
}

function invalid(message: string): TdockError {
  return new TdockError("invalid-argument", message);
}
