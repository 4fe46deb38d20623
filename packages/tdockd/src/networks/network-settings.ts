import type { EndpointSettings } from "@tdock/api/endpoint-settings";
import type { PortMap } from "@tdock/api/host-config";
import type { EndpointReply, NetworkSettings } from "@tdock/api/networks";
import type { Engine } from "../engine.ts";
import type { EgressPolicy } from "./egress/policy.ts";
import { seenDestinations } from "./egress/seen.ts";
import { type Endpoint, type PublishedPort, primaryEndpoint, type Sandbox } from "./sandbox.ts";

type SettingsEngine = Pick<Engine, "networks">;

/** What of a container's record the network's part of inspect is made from. */
export interface NetworkSettingsRequest {
  readonly containerId: string;
  /** HostConfig.NetworkMode. */
  readonly networkMode?: string | null | undefined;
  /** Networks as they were asked for. */
  readonly endpoints: Readonly<Record<string, EndpointSettings>>;
  /** Ports of the image and of `--expose`, e.g. `80/tcp`. */
  readonly exposedPorts: readonly string[];
}

/** Docker's NetworkSettings of a container, as inspect shows it; running or not. */
export function networkSettings(engine: SettingsEngine, request: NetworkSettingsRequest): NetworkSettings {
  const sandbox = engine.networks.sandboxes.get(request.containerId);
  const primary = primaryEndpoint(sandbox?.endpoints ?? []);
  const onDefault = sandbox?.endpoints.find(({ networkName }) => networkName === "bridge");
  return {
    Bridge: "",
    SandboxID: sandbox === undefined ? "" : sandbox.containerId,
    SandboxKey: sandbox?.namespace.kind === "own" ? sandbox.namespace.path : "",
    Ports: primary === undefined ? {} : portMapOf(portsOf(engine, primary, sandbox), request.exposedPorts),
    HairpinMode: false,
    LinkLocalIPv6Address: "",
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    ...flatFields(onDefault),
    Networks: endpointReplies(engine, request, sandbox),
    ...(sandbox?.egress === undefined ? {} : { Egress: egressReply(engine, sandbox, sandbox.egress) }),
  } as NetworkSettings;
}

/** tdock's own: what a container may send, and with `--egress log` where it did. */
function egressReply({ networks }: SettingsEngine, sandbox: Sandbox, { isRestricted, allowed }: EgressPolicy) {
  return {
    Denied: isRestricted,
    Allowed: allowed.map(({ host, port }) => (port === undefined ? host : `${host}:${port}`)),
    Seen: seenDestinations(networks, sandbox).map(({ address, name, protocol, port }) => ({
      Address: address,
      Name: name,
      Protocol: protocol,
      Port: port,
    })),
  };
}

/** Devices on the host's own network publish nothing: ports wait for a bridge network that the container may join. */
function portsOf({ networks }: SettingsEngine, { networkId }: Endpoint, sandbox: Sandbox | undefined) {
  return networks.records.find(networkId)?.driver === "bridge" ? (sandbox?.ports ?? []) : [];
}

/** `80/tcp` -> where it is published; exposed ports that are not published are null. */
export function portMapOf(ports: readonly PublishedPort[], exposed: readonly string[]): PortMap {
  const map: Record<string, { HostIp: string; HostPort: string }[] | null> = Object.create(null);
  for (const port of exposed) map[port.includes("/") ? port : `${port}/tcp`] = null;
  for (const { protocol, containerPort, hostIp, hostPort } of ports) {
    const key = `${containerPort}/${protocol}`;
    map[key] = [...(map[key] ?? []), { HostIp: hostIp, HostPort: String(hostPort) }];
  }
  return map;
}

function endpointReplies(
  { networks }: SettingsEngine,
  { endpoints, networkMode }: NetworkSettingsRequest,
  sandbox: Sandbox | undefined,
): Record<string, EndpointReply> {
  const replies: Record<string, EndpointReply> = Object.create(null);
  if (sandbox !== undefined && sandbox.namespace.kind !== "container") {
    for (const endpoint of sandbox.endpoints) replies[endpoint.networkName] = replyOf(endpoint.settings, endpoint);
    const builtIn = builtInNetworkOf(sandbox, networkMode);
    if (builtIn !== undefined)
      replies[builtIn] = { ...replyOf({}, undefined), NetworkID: networks.records.find(builtIn)?.id ?? "" };
    return replies;
  }
  for (const [reference, settings] of Object.entries(endpoints)) {
    const network = networks.records.find(reference);
    replies[network?.name ?? reference] = { ...replyOf(settings, undefined), NetworkID: network?.id ?? "" };
  }
  return replies;
}

function builtInNetworkOf({ namespace }: Sandbox, networkMode: string | null | undefined): "host" | "none" | undefined {
  if (namespace.kind === "host") return "host";
  return networkMode === "none" ? networkMode : undefined;
}

function replyOf(settings: EndpointSettings, endpoint: Endpoint | undefined): EndpointReply {
  return {
    IPAMConfig: settings.IPAMConfig ?? null,
    Links: settings.Links ?? null,
    Aliases: settings.Aliases ?? null,
    DriverOpts: settings.DriverOpts ?? null,
    GwPriority: settings.GwPriority ?? 0,
    NetworkID: endpoint?.networkId ?? "",
    EndpointID: endpoint?.endpointId ?? "",
    MacAddress: endpoint?.mac ?? settings.MacAddress ?? "",
    ...addressFields(endpoint),
    DNSNames: endpoint === undefined ? null : [...endpoint.dnsNames],
  } as EndpointReply;
}

/** The deprecated copies of the default network's endpoint, which older clients read. */
function flatFields(endpoint: Endpoint | undefined) {
  return { EndpointID: endpoint?.endpointId ?? "", MacAddress: endpoint?.mac ?? "", ...addressFields(endpoint) };
}

function addressFields(endpoint: Endpoint | undefined) {
  return {
    Gateway: endpoint?.ipv4?.gateway ?? "",
    IPAddress: endpoint?.ipv4?.address ?? "",
    IPPrefixLen: endpoint?.ipv4?.prefixLength ?? 0,
    IPv6Gateway: endpoint?.ipv6?.gateway ?? "",
    GlobalIPv6Address: endpoint?.ipv6?.address ?? "",
    GlobalIPv6PrefixLen: endpoint?.ipv6?.prefixLength ?? 0,
  };
}
