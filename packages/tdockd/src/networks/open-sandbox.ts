import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { forgetUdpFlows } from "../host/netlink/conntrack.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { createNamespace } from "../host/netns.ts";
import { closeSandbox } from "./close-sandbox.ts";
import { createEndpoint, prepareNamespace, setDefaultRoutes } from "./devices.ts";
import { dnsPort } from "./dns/listener.ts";
import { wantsOwnResolver } from "./dns/own-resolver.ts";
import { parseEgress } from "./egress/policy.ts";
import { DeviceNames } from "./endpoint-options.ts";
import { planEndpoint } from "./endpoint-plan.ts";
import { tellNetworks } from "./event.ts";
import { writeNetworkFiles } from "./network-files.ts";
import { type PortRequest, portRequests } from "./port-request.ts";
import { type Endpoint, type NamespaceKind, type PublishedPort, primaryEndpoint, type Sandbox } from "./sandbox.ts";
import { networkModeOf, type SandboxRequest } from "./sandbox-request.ts";

export type SandboxEngine = Pick<Engine, "config" | "events" | "networks">;

/**
 * Makes a container's network: namespace, devices, addresses, published ports, files and names. About 2 ms and no
 * process. On failure nothing is left. The record is written before the first of the kernel's objects is made, so a
 * crash in between leaves nothing that `recoverNetworks` would not find.
 * Throws `not-found` for an unknown network, `conflict` for a port or address that is taken.
 */
export async function openSandbox(engine: SandboxEngine, request: SandboxRequest): Promise<Sandbox> {
  await closeSandbox(engine, request.containerId);
  try {
    const sandbox = await reserve(engine, request);
    if (sandbox.namespace.kind === "own") makeNamespace(engine, sandbox, sandbox.namespace.path);
    engine.networks.firewall.addSandbox(sandbox);
    const udpPorts = sandbox.ports.filter(({ protocol }) => protocol === "udp").map(({ hostPort }) => hostPort);
    if (udpPorts.length > 0) forgetUdpFlows(new Set(udpPorts));
    await engine.networks.nameServer.serve(sandbox);
    writeNetworkFiles(engine, sandbox);
    tellNetworks(engine, sandbox, "connect");
    return sandbox;
  } catch (error) {
    await closeSandbox(engine, request.containerId);
    throw error;
  }
}

/** Takes addresses and ports: in memory and on disk, not yet in the kernel. */
async function reserve(engine: SandboxEngine, request: SandboxRequest): Promise<Sandbox> {
  const { sandboxes } = engine.networks;
  const { hostConfig } = request;
  const mode = networkModeOf(hostConfig);
  const planned: Sandbox = {
    containerId: request.containerId,
    containerName: request.name,
    hostname: request.hostname,
    domainname: request.domainname,
    namespace: namespaceOf(engine, request),
    endpoints: mode.kind === "networks" ? planEndpoints(engine, request) : [],
    ports: [],
    extraHosts: hostConfig.ExtraHosts ?? [],
    dns: { servers: hostConfig.Dns ?? [], search: hostConfig.DnsSearch ?? [], options: hostConfig.DnsOptions ?? [] },
    egress: parseEgress(hostConfig.Egress ?? []),
    folder: request.folder,
  };
  const sandbox = { ...planned, hasOwnResolver: wantsOwnResolver(engine.networks, planned) };
  sandboxes.put(sandbox);
  const ports = await takePorts(engine, request, sandbox.endpoints);
  if (ports.length === 0) return sandbox;
  const published = { ...sandbox, ports };
  sandboxes.put(published);
  return published;
}

function planEndpoints({ networks }: SandboxEngine, request: SandboxRequest): Endpoint[] {
  const devices = new DeviceNames([]);
  return Object.entries(request.endpoints).map(([reference, settings]) => {
    const network = networks.records.get(reference);
    return planEndpoint(networks.sandboxes, {
      network,
      settings,
      containerId: request.containerId,
      containerName: request.name,
      hostname: request.hostname,
      device: devices.take(settings, network),
      kept: request.keptAddresses?.(network),
    });
  });
}

function namespaceOf({ config, networks }: SandboxEngine, request: SandboxRequest): NamespaceKind {
  const mode = networkModeOf(request.hostConfig);
  if (mode.kind === "host") return { kind: "host" };
  if (mode.kind !== "container") return { kind: "own", path: join(config.execRoot, "netns", request.containerId) };
  const other = networks.sandboxes.get(mode.containerId);
  if (other === undefined) {
    const message = `cannot join network of a non running container: ${mode.containerId}`;
    throw new TdockError("conflict", message, { reason: "not-running" });
  }
  if (other.namespace.kind === "host") return { kind: "host" };
  return { kind: "container", containerId: mode.containerId, path: other.namespace.path };
}

async function takePorts(
  { networks }: SandboxEngine,
  request: SandboxRequest,
  endpoints: readonly Endpoint[],
): Promise<PublishedPort[]> {
  const primary = primaryEndpoint(endpoints);
  if (primary === undefined) return [];
  const { hostConfig } = request;
  const requests = portRequests({
    bindings: hostConfig.PortBindings ?? {},
    exposed: request.exposedPorts,
    publishAll: hostConfig.PublishAllPorts === true,
  });
  if (requests.length === 0) return [];
  if (requests.some(wantsDnsPort)) await networks.nameServer.leaveDnsPort();
  const { options } = networks.records.get(primary.networkId);
  const families: (4 | 6)[] = [...(primary.ipv4 ? [4 as const] : []), ...(primary.ipv6 ? [6 as const] : [])];
  return networks.ports.take({
    containerId: request.containerId,
    containerName: request.name,
    requests,
    families,
    defaultAddress: { 4: options["com.docker.network.bridge.host_binding_ipv4"] || "0.0.0.0", 6: "::" },
  });
}

function wantsDnsPort({ hostPorts }: PortRequest): boolean {
  return hostPorts !== undefined && hostPorts.from <= dnsPort && hostPorts.to >= dnsPort;
}

function makeNamespace({ config, networks }: SandboxEngine, sandbox: Sandbox, path: string): void {
  using host = new NetlinkSocket();
  const { containerId, ports } = sandbox;
  createNamespace(path, (scope) => {
    prepareNamespace(scope);
    for (const endpoint of sandbox.endpoints) {
      const network = networks.records.get(endpoint.networkId);
      createEndpoint(host, scope, { config, network, endpoint, containerId, hasPublishedPorts: ports.length > 0 });
    }
    const primary = primaryEndpoint(sandbox.endpoints);
    if (primary !== undefined) setDefaultRoutes(scope, primary);
  });
}
