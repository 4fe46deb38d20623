import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  networkCreate
} from "./chunk-G7FM3AXD.js";
import {
  parseLabel
} from "./chunk-GK2WXUHP.js";
import {
  pairsToMap
} from "./chunk-NLNHA66E.js";
import {
  invalid
} from "./chunk-GVOX5WRT.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  exactly
} from "./chunk-TYEFKKFM.js";
import {
  bool,
  list,
  optionalBool,
  parsedList,
  text
} from "./chunk-BK7RGC7S.js";
import "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/flags/ipam.ts
import { BlockList, isIP } from "node:net";
function ipamConfigs({ subnets, ranges, gateways, auxiliary }) {
  if (subnets.length < ranges.length || subnets.length < gateways.length) {
    throw invalid("every ip-range or gateway must have a corresponding subnet");
  }
  const configs = subnets.map(
    (Subnet) => ({ Subnet })
  );
  const lists = configs.map(({ Subnet }) => subnetOf(Subnet));
  const find = (address, message) => {
    const index = lists.findIndex((one) => one.contains(address));
    if (index === -1) throw invalid(message);
    return configs[index];
  };
  for (const range of ranges) {
    const config = find(range.split("/")[0] ?? "", `no matching subnet for range ${range}`);
    if (config.IPRange !== void 0)
      throw invalid(
        `cannot configure multiple ranges (${range}, ${config.IPRange}) on the same subnet (${config.Subnet})`
      );
    config.IPRange = range;
  }
  for (const gateway of gateways) {
    const config = find(gateway, `no matching subnet for gateway ${gateway}`);
    if (config.Gateway !== void 0)
      throw invalid(
        `cannot configure multiple gateways (${gateway}, ${config.Gateway}) for the same subnet (${config.Subnet})`
      );
    config.Gateway = gateway;
  }
  for (const [name, address] of Object.entries(auxiliary)) {
    const config = find(address, `no matching subnet for aux-address ${address}`);
    config.AuxiliaryAddresses = { ...config.AuxiliaryAddresses, [name]: address };
  }
  return configs;
}
function subnetOf(text2) {
  const [address = "", bits = ""] = text2.split("/");
  const family = isIP(address);
  const isValid = family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
  if (!isValid) throw invalid(`invalid CIDR address: ${text2}`);
  const type = family === 4 ? "ipv4" : "ipv6";
  const list2 = new BlockList();
  list2.addSubnet(address, Number(bits), type);
  return { contains: (one) => isIP(one) === family && list2.check(one, type) };
}

// packages/cli/src/commands/network-create.ts
var networkCreateCommand = defineCommand({
  usage: "[OPTIONS] NETWORK",
  operands: exactly(1),
  flags: {
    attachable: bool("Enable manual container attachment"),
    "aux-address": list("Auxiliary IPv4 or IPv6 addresses used by Network driver", { label: "map" }),
    "config-from": text("The network from which to copy the configuration"),
    "config-only": bool("Create a configuration only network"),
    driver: text("Driver to manage the Network", { short: "d", shownDefault: '"bridge"' }),
    gateway: list("IPv4 or IPv6 Gateway for the master subnet", { label: "strings" }),
    ingress: bool("Create swarm routing-mesh network", { hidden: true }),
    internal: bool("Restrict external access to the network"),
    "ip-range": list("Allocate container ip from a sub-range", { label: "strings" }),
    "ipam-driver": text("IP Address Management Driver", { shownDefault: '"default"' }),
    "ipam-opt": list("Set IPAM driver specific options", { label: "map" }),
    ipv4: optionalBool("Enable or disable IPv4 address assignment", { shownDefault: "true" }),
    ipv6: optionalBool("Enable or disable IPv6 address assignment"),
    label: parsedList("Set metadata on a network", parseLabel),
    opt: list("Set driver specific options", { short: "o", label: "map" }),
    scope: text("Control the network's scope", { hidden: true }),
    subnet: list("Subnet in CIDR format that represents a network segment", { label: "strings" })
  },
  async run(cli, { flags, args: [name = ""] }) {
    const config = ipamConfigs({
      subnets: splitCommas(flags.subnet),
      ranges: splitCommas(flags["ip-range"]),
      gateways: splitCommas(flags.gateway),
      auxiliary: pairsToMap(flags["aux-address"])
    });
    const { Id, Warning } = await call(cli.client, networkCreate, {
      body: {
        Name: name,
        Driver: flags.driver ?? "bridge",
        Internal: flags.internal,
        CheckDuplicate: true,
        Attachable: flags.attachable,
        Ingress: flags.ingress,
        ConfigOnly: flags["config-only"],
        ConfigFrom: flags["config-from"] === void 0 ? void 0 : { Network: flags["config-from"] },
        Scope: flags.scope,
        EnableIPv4: flags.ipv4,
        EnableIPv6: flags.ipv6,
        IPAM: {
          Driver: flags["ipam-driver"] ?? "default",
          Options: pairsToMap(flags["ipam-opt"]),
          Config: config
        },
        Options: pairsToMap(flags.opt),
        Labels: pairsToMap(flags.label)
      }
    });
    if (Warning) cli.err.print(`WARNING: ${Warning}
`);
    cli.out.print(`${Id}
`);
    return 0;
  }
});
function splitCommas(values) {
  return values.flatMap((value) => value.split(","));
}
export {
  networkCreateCommand
};
