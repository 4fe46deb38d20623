import type { Input } from "@tdock/api/endpoint";
import type { EndpointSettings } from "@tdock/api/endpoint-settings";
import type { HostConfig } from "@tdock/api/host-config";
import type { networkConnect } from "@tdock/api/networks";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { joinNetwork, sharedNamespace } from "./change-sandbox.ts";
import { checkEgressOn, checkEndpointSettings } from "./check-endpoints.ts";
import { networkEvent } from "./event.ts";
import { keptAddresses } from "./kept-addresses.ts";
import type { Network } from "./network.ts";
import { networkModeOf } from "./sandbox-request.ts";
import type { NetworkStore } from "./store.ts";

export type ConnectEngine = Pick<Engine, "config" | "containers" | "events" | "networks">;

/**
 * `POST /networks/{id}/connect`: at once when the container runs, else from its next start on. Throws `not-found`;
 * `forbidden` when it is in the network; `invalid-argument` for a container with another's network.
 */
export async function connectNetwork(engine: ConnectEngine, { id, body }: Input<typeof networkConnect>): Promise<void> {
  engine.networks.records.get(id);
  const settings: EndpointSettings = body.EndpointConfig ?? {};
  const containerId = engine.containers.get(body.Container).id;
  using _lock = await engine.containers.lock(containerId);
  // It may have been removed meanwhile.
  const network = engine.networks.records.get(id);
  const container = engine.containers.get(containerId);
  refuseSharedNetwork(container.hostConfig, network);
  checkEndpointSettings(settings, network);
  checkEgressOn(network, container.hostConfig);
  if (findEndpointKey(engine.networks.records, container.endpoints, network) !== undefined) {
    const message = `endpoint with name ${container.name} already exists in network ${network.name}`;
    throw new TdockError("forbidden", message, { reason: "already-connected" });
  }
  const sandbox = engine.networks.sandboxes.get(containerId);
  if (sandbox !== undefined) {
    const kept = keptAddresses(engine, network, containerId);
    await joinNetwork(engine, { sandbox, network, settings, kept });
  }
  const change = { [network.name]: settings };
  const update = (record: typeof container) => ({ ...record, endpoints: { ...record.endpoints, ...change } });
  await engine.containers.update(containerId, update, { durable: true });
  networkEvent(engine, network, "connect", containerId);
}

/** The name under which a container's record has a network: its name, or an id that was given instead. */
export function findEndpointKey(
  records: NetworkStore,
  endpoints: Readonly<Record<string, EndpointSettings>>,
  network: Network,
): string | undefined {
  return Object.keys(endpoints).find((key) => records.find(key)?.id === network.id);
}

/** In Docker's words. */
export function refuseSharedNetwork(hostConfig: HostConfig, network: Network): void {
  const mode = networkModeOf(hostConfig);
  if (mode.kind === "container") throw sharedNamespace();
  if (mode.kind === "host" || network.driver === "host") {
    const message = "container cannot be disconnected from host network or connected to host network";
    throw new TdockError("invalid-argument", message);
  }
  if (mode.kind === "none" || network.driver === "null") {
    const message =
      "container cannot be connected to multiple networks with one of the networks in private (none) mode";
    throw new TdockError("invalid-argument", message);
  }
}
