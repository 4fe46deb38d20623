import { booleanOf, checkFilterNames, type Filters, matchesPattern } from "@tdock/api/filters";
import { passesLabelFilters } from "@tdock/api/labels";
import type { NetworkSummary } from "@tdock/api/networks";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { networkReply } from "./inspect.ts";
import { isUserDefined, type Network } from "./network.ts";

type ListEngine = Pick<Engine, "networks">;

/** `GET /networks`. Throws `invalid-argument` for a filter that there is not. */
export function listNetworks(engine: ListEngine, { filters }: { readonly filters?: Filters }): NetworkSummary[] {
  checkFilterNames(filters, ["dangling", "driver", "id", "label", "name", "scope", "type"]);
  const passes = networkFilter(engine, filters);
  return engine.networks.records
    .list()
    .filter(passes)
    .map((network) => networkReply(network) as NetworkSummary);
}

function networkFilter({ networks }: ListEngine, filters: Filters | undefined): (network: Network) => boolean {
  const any = (name: string, test: (value: string) => boolean) => {
    const values = filters?.[name] ?? [];
    return values.length === 0 || values.some(test);
  };
  return (network) =>
    any("name", (value) => matchesPattern(network.name, value)) &&
    any("id", (value) => matchesPattern(network.id, value)) &&
    any("driver", (value) => network.driver === value) &&
    any("scope", (value) => value === "local") &&
    any("type", (value) => isOfType(network, value)) &&
    any("dangling", (value) => isDangling(networks, network) === booleanOf("dangling", value)) &&
    passesLabelFilters(network.labels, filters);
}

function isOfType(network: Network, type: string): boolean {
  if (type !== "custom" && type !== "builtin") {
    throw new TdockError("invalid-argument", `invalid filter: 'type'='${type}'`);
  }
  return isUserDefined(network) === (type === "custom");
}

/** Made by a user, and nobody is on it. */
export function isDangling({ sandboxes }: ListEngine["networks"], network: Network): boolean {
  return isUserDefined(network) && sandboxes.membersOf(network.id).length === 0;
}
