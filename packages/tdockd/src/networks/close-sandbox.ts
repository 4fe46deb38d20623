import type { Engine } from "../engine.ts";
import { deleteLink, findLink } from "../host/netlink/links.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { removeNamespace } from "../host/netns.ts";
import { type SeenDestination, seenDestinations } from "./egress/seen.ts";
import { tellNetworks } from "./event.ts";
import { rebuildFirewall } from "./rebuild-firewall.ts";
import type { Sandbox } from "./sandbox.ts";

type CloseEngine = Pick<Engine, "events" | "networks">;

/**
 * How long the kernel is given to remove the devices of a namespace that nobody is in any more: it does so by itself,
 * for many at once, which is cheaper than asking for each.
 */
const devicesGraceMs = 1000;

/**
 * Takes a container's network down: published ports, names, namespace, record. Idempotent; what the kernel refuses to
 * give back now goes with the next sweep.
 */
export async function closeSandbox(engine: CloseEngine, containerId: string): Promise<void> {
  const { networks } = engine;
  const sandbox = networks.sandboxes.get(containerId);
  if (sandbox === undefined) return;
  const seen = seenDestinations(networks, sandbox);
  await removeRules(engine, sandbox);
  networks.ports.release(containerId);
  if (sandbox.namespace.kind === "own") removeNamespace(sandbox.namespace.path);
  networks.sandboxes.remove(containerId);
  await networks.nameServer.release(sandbox);
  removeDevicesLater(sandbox);
  tellNetworks(engine, sandbox, "disconnect");
  if (seen.length > 0) tellEgress(engine, sandbox, seen);
}

/** The list that a later `--egress allow` can be made from, for whoever listens to the events. */
function tellEgress(
  { events }: CloseEngine,
  { containerId, containerName }: Sandbox,
  seen: readonly SeenDestination[],
) {
  const destinations = seen.map(({ name, address, port, protocol }) => `${name || address}:${port}/${protocol}`);
  const attributes = { name: containerName, destinations: [...new Set(destinations)].join(",") };
  events.emit({ type: "container", action: "egress", id: containerId, attributes });
}

/** Elements that somebody else deleted make the transaction fail: then the table is made anew without this container. */
async function removeRules({ networks }: CloseEngine, sandbox: Sandbox): Promise<void> {
  try {
    networks.firewall.removeSandbox(sandbox);
  } catch {
    await rebuildFirewall(networks, sandbox.containerId);
  }
}

/** A namespace that another container has joined stays, and would keep the devices and their addresses with it. */
function removeDevicesLater({ endpoints }: Sandbox): void {
  const names = endpoints.map(({ hostDevice }) => hostDevice).filter((name) => name !== "");
  if (names.length === 0) return;
  // What cannot be removed is gone meanwhile, or for the next sweep.
  setTimeout(() => removeDevices(names).catch(() => {}), devicesGraceMs).unref();
}

async function removeDevices(names: readonly string[]): Promise<void> {
  using socket = new NetlinkSocket();
  for (const name of names) if (findLink(socket, name) !== undefined) await deleteLink(socket, name);
}
