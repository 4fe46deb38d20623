import { networkConnect, networkDisconnect, networkInspect, networkList, networkRemove } from "@tdock/api/networks";
import { isError } from "@tdock/errors/error";
import { call } from "../client/call.ts";
import { atLeastOne, defineCommand, exactly, none } from "../command.ts";
import { readConfigFile } from "../config-file.ts";
import { filterFlag, filtersOf } from "../flags/filter.ts";
import { bool, int, list, parsed, parsedList, text } from "../flags/flag.ts";
import { parseIp, parseIpv4, parseIpv6 } from "../flags/network.ts";
import { pairsToMap } from "../flags/pairs.ts";
import { parseLink } from "../flags/values.ts";
import { eachTarget } from "./each-target.ts";
import { inspectFormatUsage, printInspected } from "./inspect-output.ts";
import { formatUsage, renderListing } from "./listing.ts";
import { networkRow, networkTitles } from "./network-row.ts";

export const networkLs = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: {
    filter: filterFlag('Provide filter values (e.g. "driver=bridge")'),
    format: text(formatUsage),
    "no-trunc": bool("Do not truncate the output"),
    quiet: bool("Only display network IDs", { short: "q" }),
  },
  async run(cli, { flags }) {
    const named = flags.format ?? (flags.quiet ? undefined : readConfigFile(cli).networksFormat);
    const networks = await call(cli.client, networkList, { filters: filtersOf(flags.filter) });
    const rows = networks
      .toSorted((a, b) => (a.Name ?? "").localeCompare(b.Name ?? "", "en"))
      .map((network) => networkRow(network, { trunc: !flags["no-trunc"] }));
    const plain = flags.quiet ? "{{.ID}}" : "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}";
    const format = named === undefined || named === "" || named === "table" ? plain : named;
    cli.out.print(renderListing({ format, titles: networkTitles, rows }));
    return 0;
  },
});

export const networkInspectCommand = defineCommand({
  usage: "[OPTIONS] NETWORK [NETWORK...]",
  operands: atLeastOne,
  flags: {
    format: text(inspectFormatUsage, { short: "f" }),
    verbose: bool("Verbose output for diagnostics", { short: "v" }),
  },
  run: (cli, { flags, args }) =>
    printInspected(cli, {
      names: args,
      format: flags.format,
      find: (id) => call(cli.client, networkInspect, { id, verbose: flags.verbose || undefined }),
    }),
});

export const networkRm = defineCommand({
  usage: "NETWORK [NETWORK...]",
  operands: atLeastOne,
  flags: { force: bool("Do not error if the network does not exist", { short: "f" }) },
  run: (cli, { flags, args }) =>
    eachTarget(cli, args, async (id) => {
      try {
        await call(cli.client, networkRemove, { id });
        return id;
      } catch (thrown) {
        if (flags.force && isError(thrown, "not-found")) return undefined;
        throw thrown;
      }
    }),
});

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
