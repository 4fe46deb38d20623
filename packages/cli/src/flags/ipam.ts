import { BlockList, isIP } from "node:net";
import type { IpamConfig } from "@tdock/api/networks";
import { invalid } from "./invalid.ts";

/** The address flags of `network create`. */
export interface IpamFlags {
  readonly subnets: readonly string[];
  readonly ranges: readonly string[];
  readonly gateways: readonly string[];
  /** Name to address. */
  readonly auxiliary: Readonly<Record<string, string>>;
}

/**
 * One entry for each subnet, with the range, gateway and auxiliary addresses that lie in it
 * (docker/cli `network/create.go`, `consolidateIpam`). Throws `invalid-argument` for what fits no subnet.
 */
export function ipamConfigs({ subnets, ranges, gateways, auxiliary }: IpamFlags): IpamConfig[] {
  if (subnets.length < ranges.length || subnets.length < gateways.length) {
    throw invalid("every ip-range or gateway must have a corresponding subnet");
  }
  const configs = subnets.map(
    (Subnet) => ({ Subnet }) as { -readonly [K in keyof IpamConfig]: IpamConfig[K] } & { Subnet: string },
  );
  const lists = configs.map(({ Subnet }) => subnetOf(Subnet));
  const find = (address: string, message: string) => {
    const index = lists.findIndex((one) => one.contains(address));
    if (index === -1) throw invalid(message);
    return configs[index] as (typeof configs)[number];
  };
  for (const range of ranges) {
    const config = find(range.split("/")[0] ?? "", `no matching subnet for range ${range}`);
    if (config.IPRange !== undefined)
      throw invalid(
        `cannot configure multiple ranges (${range}, ${config.IPRange}) on the same subnet (${config.Subnet})`,
      );
    config.IPRange = range;
  }
  for (const gateway of gateways) {
    const config = find(gateway, `no matching subnet for gateway ${gateway}`);
    if (config.Gateway !== undefined)
      throw invalid(
        `cannot configure multiple gateways (${gateway}, ${config.Gateway}) for the same subnet (${config.Subnet})`,
      );
    config.Gateway = gateway;
  }
  for (const [name, address] of Object.entries(auxiliary)) {
    const config = find(address, `no matching subnet for aux-address ${address}`);
    config.AuxiliaryAddresses = { ...config.AuxiliaryAddresses, [name]: address };
  }
  return configs;
}

interface Subnet {
  contains(address: string): boolean;
}

function subnetOf(text: string): Subnet {
  const [address = "", bits = ""] = text.split("/");
  const family = isIP(address);
  const isValid = family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
  if (!isValid) throw invalid(`invalid CIDR address: ${text}`);
  const type = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, Number(bits), type);
  return { contains: (one) => isIP(one) === family && list.check(one, type) };
}
