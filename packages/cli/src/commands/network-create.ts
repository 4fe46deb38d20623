import { networkCreate } from "@tdock/api/networks";
import { call } from "../client/call.ts";
import { defineCommand, exactly } from "../command.ts";
import { parseLabel } from "../flags/environment.ts";
import { bool, list, optionalBool, parsedList, text } from "../flags/flag.ts";
import { ipamConfigs } from "../flags/ipam.ts";
import { pairsToMap } from "../flags/pairs.ts";

export const networkCreateCommand = defineCommand({
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
    subnet: list("Subnet in CIDR format that represents a network segment", { label: "strings" }),
  },
  async run(cli, { flags, args: [name = ""] }) {
    const config = ipamConfigs({
      subnets: splitCommas(flags.subnet),
      ranges: splitCommas(flags["ip-range"]),
      gateways: splitCommas(flags.gateway),
      auxiliary: pairsToMap(flags["aux-address"]),
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
        ConfigFrom: flags["config-from"] === undefined ? undefined : { Network: flags["config-from"] },
        Scope: flags.scope,
        EnableIPv4: flags.ipv4,
        EnableIPv6: flags.ipv6,
        IPAM: {
          Driver: flags["ipam-driver"] ?? "default",
          Options: pairsToMap(flags["ipam-opt"]),
          Config: config,
        },
        Options: pairsToMap(flags.opt),
        Labels: pairsToMap(flags.label),
      },
    });
    if (Warning) cli.err.print(`WARNING: ${Warning}\n`);
    cli.out.print(`${Id}\n`);
    return 0;
  },
});

function splitCommas(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(","));
}
