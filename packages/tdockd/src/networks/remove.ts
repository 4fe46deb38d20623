import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { removeBridge } from "../host/bridge.ts";
import { bridgeMark } from "./devices.ts";
import { networkEvent } from "./event.ts";
import { isUserDefined, type Network } from "./network.ts";
import type { Networks } from "./networks.ts";
import { rebuildFirewall } from "./rebuild-firewall.ts";

type RemoveEngine = Pick<Engine, "config" | "events" | "networks">;

/** `DELETE /networks/{id}`. Throws `not-found`; `forbidden` for a predefined network and while containers are on it. */
export async function removeNetwork(engine: RemoveEngine, { id }: { readonly id: string }): Promise<void> {
  const network = engine.networks.records.get(id);
  if (!isUserDefined(network)) {
    throw new TdockError("forbidden", `${network.name} is a pre-defined network and cannot be removed`);
  }
  refuseIfInUse(engine, network);
  await removeNetworkParts(engine, network);
  networkEvent(engine, network, "destroy");
}

/** Record first: what is left of a network without one goes with the next start (recover.ts). */
export async function removeNetworkParts(
  { config, networks }: Pick<Engine, "config" | "networks">,
  network: Network,
): Promise<void> {
  await networks.records.remove(network);
  await networks.nameServer.stop(network.id);
  await removeRules(networks, network);
  if (network.driver !== "bridge") return;
  const { hostFirewall } = networks;
  if (hostFirewall.hasChains && !hostFirewall.isObeyedBy(network)) await hostFirewall.sync();
  await removeBridge(network.device, bridgeMark(config, network.id));
}

/** Elements that are not there make the transaction fail: then the table is made anew without this network. */
async function removeRules(networks: Networks, network: Network): Promise<void> {
  try {
    networks.firewall.removeNetwork(network);
  } catch {
    await rebuildFirewall(networks);
  }
}

function refuseIfInUse({ networks }: RemoveEngine, network: Network): void {
  const members = networks.sandboxes.membersOf(network.id);
  if (members.length > 0) {
    const names = members.map(
      ({ sandbox, endpoint }) => `name:"${sandbox.containerName}" id:"${endpoint.endpointId.slice(0, 12)}"`,
    );
    const message = `error while removing network: network ${network.name} id ${network.id} has active endpoints (${names.join(", ")})`;
    throw new TdockError("forbidden", message, { reason: "in-use" });
  }
  const user = networks.records.list().find(({ configFrom }) => network.isConfigOnly && configFrom === network.name);
  if (user === undefined) return;
  throw new TdockError("forbidden", `configuration network ${network.name} is in use by network ${user.name}`);
}
