import type { Engine } from "../engine.ts";
import type { Network } from "./network.ts";
import type { Sandbox } from "./sandbox.ts";

type Action = "create" | "destroy" | "connect" | "disconnect" | "prune";

/** Tells that something happened to a network; `containerId` where it happened to both. */
export function networkEvent(
  { events }: Pick<Engine, "events">,
  network: Pick<Network, "id" | "name" | "driver">,
  action: Action,
  containerId?: string,
): void {
  const attributes = { name: network.name, type: network.driver };
  events.emit({
    type: "network",
    action,
    id: network.id,
    attributes: containerId === undefined ? attributes : { container: containerId, ...attributes },
  });
}

/** Tells every network of a container that it came or went. */
export function tellNetworks(
  engine: Pick<Engine, "events" | "networks">,
  { containerId, endpoints }: Sandbox,
  action: "connect" | "disconnect",
): void {
  for (const { networkId } of endpoints) {
    const network = engine.networks.records.find(networkId);
    if (network !== undefined) networkEvent(engine, network, action, containerId);
  }
}
