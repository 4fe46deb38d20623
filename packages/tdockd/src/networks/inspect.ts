import type { NetworkInspect } from "@tdock/api/networks";
import type { Engine } from "../engine.ts";
import { isLoopback } from "./cidr.ts";
import type { Network } from "./network.ts";
import { type Endpoint, type EndpointAddress, primaryEndpoint } from "./sandbox.ts";

/** `GET /networks/{id}`. Throws `not-found`. */
export function inspectNetwork(
  { networks }: Pick<Engine, "networks">,
  { id }: { readonly id: string },
): NetworkInspect {
  const network = networks.records.get(id);
  const containers: Record<string, unknown> = Object.create(null);
  for (const { sandbox, endpoint } of networks.sandboxes.membersOf(network.id)) {
    containers[sandbox.containerId] = memberReply(sandbox.containerName, endpoint);
  }
  const reply = { ...networkReply(network), Containers: containers, PublishedPorts: publishedPorts(networks, network) };
  return reply as NetworkInspect;
}

/** tdock's own: every published port of the network, and who can reach it. Other drivers' networks publish none. */
function publishedPorts({ hostFirewall, sandboxes }: Engine["networks"], network: Network) {
  if (network.driver !== "bridge") return [];
  const chains = hostFirewall.isObeyedBy(network) ? hostFirewall.chains : [];
  const against = hostFirewall.chainsAgainst(network);
  return sandboxes
    .membersOf(network.id)
    .filter(({ sandbox, endpoint }) => primaryEndpoint(sandbox.endpoints) === endpoint)
    .flatMap(({ sandbox }) =>
      sandbox.ports.map(({ protocol, containerPort, hostIp, hostPort }) => ({
        Container: sandbox.containerName,
        Port: `${containerPort}/${protocol}`,
        HostIp: hostIp,
        HostPort: String(hostPort),
        ReachableFrom: network.isInternal ? reachOfInternal(hostIp) : reachOf(hostIp, chains, against),
      })),
    );
}

function reachOfInternal(hostIp: string): string {
  return isLoopback(hostIp) ? "this host" : "this host and the containers of this network";
}

function reachOf(hostIp: string, chains: readonly string[], against: readonly string[]): string {
  if (isLoopback(hostIp)) return "this host";
  if (against.length > 0) {
    return `this host; from elsewhere as the host's firewall allows (${[...against, ...chains].join(", ")})`;
  }
  if (chains.length === 0) return "everywhere";
  return `this host and its containers; from elsewhere as the host's firewall allows (${chains.join(", ")})`;
}

/** A network as the API shows it, without who is on it. */
export function networkReply(network: Network) {
  return {
    Name: network.name,
    Id: network.id,
    Created: network.createdAt,
    Scope: "local",
    Driver: network.driver,
    EnableIPv4: network.hasIpv4,
    EnableIPv6: network.hasIpv6,
    IPAM: {
      Driver: network.ipamDriver,
      Options: Object.keys(network.ipamOptions).length > 0 ? { ...network.ipamOptions } : null,
      Config: network.subnets.map(({ subnet, ipRange, gateway, auxiliaryAddresses }) => ({
        Subnet: subnet,
        ...(ipRange === undefined ? {} : { IPRange: ipRange }),
        ...(gateway === undefined ? {} : { Gateway: gateway }),
        ...(Object.keys(auxiliaryAddresses).length > 0 ? { AuxiliaryAddresses: { ...auxiliaryAddresses } } : {}),
      })),
    },
    Internal: network.isInternal,
    Attachable: network.isAttachable,
    Ingress: false,
    ConfigFrom: { Network: network.configFrom },
    ConfigOnly: network.isConfigOnly,
    Containers: {},
    Options: { ...network.options },
    Labels: { ...network.labels },
  };
}

function memberReply(name: string, { endpointId, mac, ipv4, ipv6 }: Endpoint) {
  return { Name: name, EndpointID: endpointId, MacAddress: mac, IPv4Address: cidrOf(ipv4), IPv6Address: cidrOf(ipv6) };
}

function cidrOf(address: EndpointAddress | undefined): string {
  return address === undefined ? "" : `${address.address}/${address.prefixLength}`;
}
