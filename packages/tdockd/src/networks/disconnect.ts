import type { Input } from "@tdock/api/endpoint";
import type { networkDisconnect } from "@tdock/api/networks";
import { TdockError } from "@tdock/errors/error";
import { leaveNetwork } from "./change-sandbox.ts";
import { type ConnectEngine, findEndpointKey, refuseSharedNetwork } from "./connect.ts";
import { networkEvent } from "./event.ts";
import type { Network } from "./network.ts";

/**
 * `POST /networks/{id}/disconnect`; a container that does not run also leaves a network that was removed, without which
 * it could not start. Throws `not-found`; `forbidden` when the container is not in the network; `invalid-argument` for a
 * container with another's network.
 */
export async function disconnectNetwork(
  engine: ConnectEngine,
  { id, body }: Input<typeof networkDisconnect>,
): Promise<void> {
  const containerId = engine.containers.get(body.Container).id;
  using _lock = await engine.containers.lock(containerId);
  const isRemoved = engine.networks.records.find(id) === undefined;
  const isNamed = Object.hasOwn(engine.containers.get(containerId).endpoints, id);
  if (isRemoved && isNamed) await forget(engine, containerId, id);
  else await leave(engine, containerId, engine.networks.records.get(id));
}

async function leave(engine: ConnectEngine, containerId: string, network: Network): Promise<void> {
  const container = engine.containers.get(containerId);
  refuseSharedNetwork(container.hostConfig, network);
  const key = findEndpointKey(engine.networks.records, container.endpoints, network);
  if (key === undefined) {
    const message = `container ${containerId} is not connected to network ${network.name}`;
    throw new TdockError("forbidden", message, { reason: "not-connected" });
  }
  const sandbox = engine.networks.sandboxes.get(containerId);
  const endpoint = sandbox?.endpoints.find(({ networkId }) => networkId === network.id);
  if (sandbox !== undefined && endpoint !== undefined) await leaveNetwork(engine, sandbox, endpoint);
  await forget(engine, containerId, key);
  networkEvent(engine, network, "disconnect", containerId);
}

async function forget({ containers }: ConnectEngine, containerId: string, key: string): Promise<void> {
  await containers.update(containerId, (record) => ({ ...record, endpoints: without(record.endpoints, key) }), {
    durable: true,
  });
}

function without<T>(map: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
}
