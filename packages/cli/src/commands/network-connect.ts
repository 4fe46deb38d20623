import { networkConnect, networkDisconnect } from "@tdock/api/networks";
import { call } from "../client/call.ts";
import { defineCommand, exactly } from "../command.ts";
import { bool, int, list, parsed, parsedList } from "../flags/flag.ts";
import { parseIp, parseIpv4, parseIpv6 } from "../flags/network.ts";
import { pairsToMap } from "../flags/pairs.ts";
import { parseLink } from "../flags/values.ts";

export const networkConnectCommand = defineCommand({
  usage: "[OPTIONS] NETWORK CONTAINER",
  operands: exactly(2),
  flags: {
    alias: list("Add network-scoped alias for the container", { label: "strings" }),
    "driver-opt": list("driver options for the network", { label: "strings" }),
    "gw-priority": int("Highest gw-priority provides the default gateway"),
    ip: parsed('IPv4 address (e.g., "172.30.100.104")', parseIpv4, { label: "ip" }),
    ip6: parsed('IPv6 address (e.g., "2001:db8::33")', parseIpv6, { label: "ip" }),
    link: parsedList("Add link to another container", parseLink),
    "link-local-ip": parsedList("Add a link-local address for the container", parseIp, { label: "ipSlice" }),
  },
  async run(cli, { flags, args: [id = "", container = ""] }) {
    const EndpointConfig = {
      IPAMConfig: { IPv4Address: flags.ip, IPv6Address: flags.ip6, LinkLocalIPs: [...flags["link-local-ip"]] },
      Links: [...flags.link],
      Aliases: [...flags.alias],
      DriverOpts: pairsToMap(flags["driver-opt"]),
      GwPriority: flags["gw-priority"],
    };
    await call(cli.client, networkConnect, { id, body: { Container: container, EndpointConfig } });
    return 0;
  },
});

export const networkDisconnectCommand = defineCommand({
  usage: "[OPTIONS] NETWORK CONTAINER",
  operands: exactly(2),
  flags: { force: bool("Force the container to disconnect from a network", { short: "f" }) },
  async run(cli, { flags, args: [id = "", container = ""] }) {
    await call(cli.client, networkDisconnect, { id, body: { Container: container, Force: flags.force } });
    return 0;
  },
});
