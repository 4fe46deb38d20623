import type { NetworkSummary } from "@tdock/api/networks";
import { shortId } from "../terminal/short-id.ts";
import type { Dot } from "../terminal/template/value.ts";
import { labelsText, labelTitle } from "./labels.ts";

/** Titles of the columns of `network ls`. */
export const networkTitles: Dot = {
  CreatedAt: "CREATED AT",
  Driver: "DRIVER",
  ID: "NETWORK ID",
  IPv4: "IPV4",
  IPv6: "IPV6",
  Internal: "INTERNAL",
  Label: labelTitle,
  Labels: "LABELS",
  Name: "NAME",
  Scope: "SCOPE",
};

/** A network as `network ls --format` sees it. */
export function networkRow(network: NetworkSummary, { trunc }: { readonly trunc: boolean }): Dot {
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
    Scope: network.Scope ?? "",
  };
}
