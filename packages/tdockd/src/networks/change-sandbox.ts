import type { EndpointSettings } from "@tdock/api/endpoint-settings";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { deleteLink } from "../host/netlink/links.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { enterNamespace } from "../host/netns.ts";
import { createEndpoint, setDefaultRoutes } from "./devices.ts";
import { wantsOwnResolver } from "./dns/own-resolver.ts";
import { DeviceNames } from "./endpoint-options.ts";
import { dnsNamesOf, planEndpoint } from "./endpoint-plan.ts";
import type { Network } from "./network.ts";
import { updateNetworkFiles } from "./network-files.ts";
import { rebuildFirewall } from "./rebuild-firewall.ts";
import { type Endpoint, primaryEndpoint, type Sandbox } from "./sandbox.ts";

type ChangeEngine = Pick<Engine, "config" | "networks">;

export interface JoinRequest {
  readonly sandbox: Sandbox;
  readonly network: Network;
  readonly settings: EndpointSettings;
  /** Addresses that are other containers', though these do not run. */
  readonly kept?: ReadonlySet<string>;
}

/** Puts a running container into one more network. On failure it is as before. */
export async function joinNetwork(
  engine: ChangeEngine,
  { sandbox, network, settings, kept }: JoinRequest,
): Promise<void> {
  const { networks, config } = engine;
  const path = ownNamespace(sandbox);
  const { containerId, containerName, hostname, endpoints } = sandbox;
  const device = new DeviceNames(endpoints.map((one) => one.device)).take(settings, network);
  const request = { network, settings, containerId, containerName, hostname, device, kept };
  const endpoint = planEndpoint(networks.sandboxes, request);
  const joined = { ...sandbox, endpoints: [...endpoints, endpoint] };
  const after = { ...joined, hasOwnResolver: sandbox.hasOwnResolver === true || wantsOwnResolver(networks, joined) };
  networks.sandboxes.put(after);
  try {
    using host = new NetlinkSocket();
    const place = { config, network, endpoint, containerId, hasPublishedPorts: sandbox.ports.length > 0 };
    enterNamespace(path, (scope) => createEndpoint(host, scope, place));
    await networks.nameServer.serve(after);
    await settle(engine, sandbox, after);
  } catch (error) {
    await removeDevice(path, endpoint).catch(() => {});
    networks.sandboxes.put(sandbox);
    await networks.nameServer.release({ containerId: sandbox.containerId, endpoints: [endpoint] });
    throw error;
  }
}

/** Takes a running container out of a network. */
export async function leaveNetwork(engine: ChangeEngine, sandbox: Sandbox, endpoint: Endpoint): Promise<void> {
  const { networks } = engine;
  const after = { ...sandbox, endpoints: sandbox.endpoints.filter((one) => one !== endpoint) };
  await removeDevice(ownNamespace(sandbox), endpoint);
  networks.sandboxes.put(after);
  await networks.nameServer.release({ containerId: sandbox.containerId, endpoints: [endpoint] });
  await settle(engine, sandbox, after);
}

/** Lets a running container be found by another name. */
export function renameSandbox({ networks }: Pick<Engine, "networks">, id: string, name: string): void {
  const sandbox = networks.sandboxes.get(id);
  if (sandbox === undefined) return;
  const { containerId, hostname } = sandbox;
  const endpoints = sandbox.endpoints.map((endpoint) => ({
    ...endpoint,
    dnsNames: dnsNamesOf({ containerId, containerName: name, hostname, settings: endpoint.settings }),
  }));
  networks.sandboxes.put({ ...sandbox, containerName: name, endpoints });
}

/** Way out, published ports and files follow the primary endpoint. */
async function settle(engine: ChangeEngine, before: Sandbox, after: Sandbox): Promise<void> {
  const primary = primaryEndpoint(after.endpoints);
  if (primary !== undefined) enterNamespace(ownNamespace(after), (scope) => setDefaultRoutes(scope, primary));
  const hasMoved = primary?.endpointId !== primaryEndpoint(before.endpoints)?.endpointId;
  if ((hasMoved && after.ports.length > 0) || after.egress !== undefined) await rebuildFirewall(engine.networks);
  updateNetworkFiles(engine, before, after);
}

/** From the host's side where there is one: the other end goes with it. */
async function removeDevice(path: string, endpoint: Endpoint): Promise<void> {
  if (endpoint.hostDevice !== "") {
    using host = new NetlinkSocket();
    await deleteLink(host, endpoint.hostDevice);
    return;
  }
  using inside = enterNamespace(path, () => new NetlinkSocket());
  await deleteLink(inside, endpoint.device);
}

function ownNamespace({ namespace }: Sandbox): string {
  if (namespace.kind === "own") return namespace.path;
  throw sharedNamespace();
}

/** In Docker's words. */
export function sharedNamespace(): TdockError {
  const message =
    "container sharing network namespace with another container or host cannot be connected to any other network";
  return new TdockError("invalid-argument", message);
}
