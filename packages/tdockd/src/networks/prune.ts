import { checkFilterNames, type Filters } from "@tdock/api/filters";
import { passesLabelFilters } from "@tdock/api/labels";
import type { NetworkPruneResponse } from "@tdock/api/networks";
import { parseUntil } from "@tdock/api/until";
import type { Engine } from "../engine.ts";
import { isDangling } from "./list.ts";
import { removeNetwork } from "./remove.ts";

type PruneEngine = Pick<Engine, "config" | "events" | "log" | "networks" | "now">;

/** `POST /networks/prune`: removes the networks that users made and nobody is on. */
export async function pruneNetworks(
  engine: PruneEngine,
  { filters }: { readonly filters?: Filters },
): Promise<NetworkPruneResponse> {
  checkFilterNames(filters, ["label", "label!", "until"]);
  const untils = (filters?.until ?? []).map((until) => parseUntil(until, engine.now()));
  const deleted: string[] = [];
  for (const network of engine.networks.records.list()) {
    const isWanted =
      passesLabelFilters(network.labels, filters) && untils.every((ms) => Date.parse(network.createdAt) < ms);
    if (!isWanted || network.isConfigOnly || !isDangling(engine.networks, network)) continue;
    try {
      await removeNetwork(engine, network);
      deleted.push(network.name);
    } catch (err) {
      engine.log.warn({ err, network: network.name }, "a network could not be pruned");
    }
  }
  engine.events.emit({ type: "network", action: "prune", id: "", attributes: { reclaimed: "0" } });
  return { NetworksDeleted: deleted } as NetworkPruneResponse;
}
