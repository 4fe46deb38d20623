import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  labelTitle,
  labelsText
} from "./chunk-2HDB3FTK.js";
import {
  filterFlag,
  filtersOf
} from "./chunk-WKLKIBUB.js";
import {
  shortId
} from "./chunk-U4YGGPQP.js";
import {
  inspectFormatUsage,
  printInspected
} from "./chunk-WXQ3D7DG.js";
import {
  networkConnect,
  networkDisconnect,
  networkInspect,
  networkList,
  networkRemove
} from "./chunk-G7FM3AXD.js";
import {
  eachTarget
} from "./chunk-26DRIXT4.js";
import {
  parseIp,
  parseIpv4,
  parseIpv6
} from "./chunk-YLP36GFZ.js";
import {
  parseLink
} from "./chunk-IJCJREXZ.js";
import {
  formatUsage,
  renderListing
} from "./chunk-P4B3JGJS.js";
import "./chunk-AKM4CKU3.js";
import "./chunk-K6GYZVAU.js";
import {
  pairsToMap
} from "./chunk-NLNHA66E.js";
import "./chunk-GVOX5WRT.js";
import {
  readConfigFile
} from "./chunk-B2SSDNQC.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  atLeastOne,
  defineCommand,
  exactly,
  none
} from "./chunk-TYEFKKFM.js";
import {
  bool,
  int,
  list,
  parsed,
  parsedList,
  text
} from "./chunk-BK7RGC7S.js";
import {
  isError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/network-row.ts
var networkTitles = {
  CreatedAt: "CREATED AT",
  Driver: "DRIVER",
  ID: "NETWORK ID",
  IPv4: "IPV4",
  IPv6: "IPV6",
  Internal: "INTERNAL",
  Label: labelTitle,
  Labels: "LABELS",
  Name: "NAME",
  Scope: "SCOPE"
};
function networkRow(network, { trunc }) {
  const { Id = "", Labels = {} } = network;
  return {
    CreatedAt: String(network.Created ?? "").replace(/^(\S+)T(\S+?)(Z|[+-]\d\d:\d\d)$/, (_, day, time, zone) => {
      return `${day} ${time} ${zone === "Z" ? "+0000 UTC" : `${zone.replace(":", "")} ${zone.replace(":", "")}`}`;
    }),
    Driver: network.Driver ?? "",
    ID: trunc ? shortId(Id) : Id,
    IPv4: String(network.EnableIPv4 ?? false),
    IPv6: String(network.EnableIPv6 ?? false),
    Internal: String(network.Internal ?? false),
    Label: (name) => Labels[String(name)] ?? "",
    get Labels() {
      return labelsText(network.Labels);
    },
    Name: network.Name ?? "",
    Scope: network.Scope ?? ""
  };
}

// packages/cli/src/commands/network.ts
var networkLs = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: {
    filter: filterFlag('Provide filter values (e.g. "driver=bridge")'),
    format: text(formatUsage),
    "no-trunc": bool("Do not truncate the output"),
    quiet: bool("Only display network IDs", { short: "q" })
  },
  async run(cli, { flags }) {
    const named = flags.format ?? (flags.quiet ? void 0 : readConfigFile(cli).networksFormat);
    const networks = await call(cli.client, networkList, { filters: filtersOf(flags.filter) });
    const rows = networks.toSorted((a, b) => (a.Name ?? "").localeCompare(b.Name ?? "", "en")).map((network) => networkRow(network, { trunc: !flags["no-trunc"] }));
    const plain = flags.quiet ? "{{.ID}}" : "table {{.ID}}	{{.Name}}	{{.Driver}}	{{.Scope}}";
    const format = named === void 0 || named === "" || named === "table" ? plain : named;
    cli.out.print(renderListing({ format, titles: networkTitles, rows }));
    return 0;
  }
});
var networkInspectCommand = defineCommand({
  usage: "[OPTIONS] NETWORK [NETWORK...]",
  operands: atLeastOne,
  flags: {
    format: text(inspectFormatUsage, { short: "f" }),
    verbose: bool("Verbose output for diagnostics", { short: "v" })
  },
  run: (cli, { flags, args }) => printInspected(cli, {
    names: args,
    format: flags.format,
    find: (id) => call(cli.client, networkInspect, { id, verbose: flags.verbose || void 0 })
  })
});
var networkRm = defineCommand({
  usage: "NETWORK [NETWORK...]",
  operands: atLeastOne,
  flags: { force: bool("Do not error if the network does not exist", { short: "f" }) },
  run: (cli, { flags, args }) => eachTarget(cli, args, async (id) => {
    try {
      await call(cli.client, networkRemove, { id });
      return id;
    } catch (thrown) {
      if (flags.force && isError(thrown, "not-found")) return void 0;
      throw thrown;
    }
  })
});
var networkConnectCommand = defineCommand({
  usage: "[OPTIONS] NETWORK CONTAINER",
  operands: exactly(2),
  flags: {
    alias: list("Add network-scoped alias for the container", { label: "strings" }),
    "driver-opt": list("driver options for the network", { label: "strings" }),
    "gw-priority": int("Highest gw-priority provides the default gateway"),
    ip: parsed('IPv4 address (e.g., "172.30.100.104")', parseIpv4, { label: "ip" }),
    ip6: parsed('IPv6 address (e.g., "2001:db8::33")', parseIpv6, { label: "ip" }),
    link: parsedList("Add link to another container", parseLink),
    "link-local-ip": parsedList("Add a link-local address for the container", parseIp, { label: "ipSlice" })
  },
  async run(cli, { flags, args: [id = "", container = ""] }) {
    const EndpointConfig = {
      IPAMConfig: { IPv4Address: flags.ip, IPv6Address: flags.ip6, LinkLocalIPs: [...flags["link-local-ip"]] },
      Links: [...flags.link],
      Aliases: [...flags.alias],
      DriverOpts: pairsToMap(flags["driver-opt"]),
      GwPriority: flags["gw-priority"]
    };
    await call(cli.client, networkConnect, { id, body: { Container: container, EndpointConfig } });
    return 0;
  }
});
var networkDisconnectCommand = defineCommand({
  usage: "[OPTIONS] NETWORK CONTAINER",
  operands: exactly(2),
  flags: { force: bool("Force the container to disconnect from a network", { short: "f" }) },
  async run(cli, { flags, args: [id = "", container = ""] }) {
    await call(cli.client, networkDisconnect, { id, body: { Container: container, Force: flags.force } });
    return 0;
  }
});
export {
  networkConnectCommand,
  networkDisconnectCommand,
  networkInspectCommand,
  networkLs,
  networkRm
};
