import type { EndpointSettings } from "@tdock/api/endpoint-settings";
import type { EgressPolicy } from "./egress/policy.ts";

/** An address of a container in one network, with the way out. */
export interface EndpointAddress {
  readonly address: string;
  readonly prefixLength: number;
  /** Empty in internal networks, which have no way out. */
  readonly gateway: string;
}

/** A container's place in one network. */
export interface Endpoint {
  readonly networkId: string;
  readonly networkName: string;
  /** 64 hex digits; derived from container and network, new with every start. */
  readonly endpointId: string;
  /** Device on the host's side; empty for macvlan and ipvlan, which have none. */
  readonly hostDevice: string;
  /** Device in the container, e.g. `eth0`. */
  readonly device: string;
  readonly mac: string;
  readonly ipv4: EndpointAddress | undefined;
  readonly ipv6: EndpointAddress | undefined;
  readonly gatewayPriority: number;
  /** Families in which published ports are open at its own address too (gateway mode `routed`). */
  readonly routed?: readonly (4 | 6)[];
  /** What was asked for. */
  readonly settings: EndpointSettings;
  /** Every name that finds this endpoint from within its network; lower case. */
  readonly dnsNames: readonly string[];
}

export type Protocol = "tcp" | "udp" | "sctp";

/** One port of the container that is published at one address of the host. */
export interface PublishedPort {
  readonly protocol: Protocol;
  readonly containerPort: number;
  /** `0.0.0.0` or `::` for all addresses of that family. */
  readonly hostIp: string;
  readonly hostPort: number;
}

/** Where a container's network lives. */
export type NamespaceKind =
  /** Made for this container. */
  | { readonly kind: "own"; readonly path: string }
  /** The host's. */
  | { readonly kind: "host" }
  /** That of another container. */
  | { readonly kind: "container"; readonly containerId: string; readonly path: string };

/**
 * A container's network while it runs. The record lies in the exec root: it lives and dies with the kernel's objects,
 * and is written before the first of them is made.
 */
export interface Sandbox {
  readonly containerId: string;
  readonly containerName: string;
  readonly hostname: string;
  readonly domainname: string;
  readonly namespace: NamespaceKind;
  /** In the order they were attached. */
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly PublishedPort[];
  /** `--add-host`, `NAME:ADDRESS`. */
  readonly extraHosts: readonly string[];
  readonly dns: DnsSettings;
  readonly egress: EgressPolicy | undefined;
  /** Its DNS server is inside its namespace, at 127.0.0.11, instead of at its networks' gateways. */
  readonly hasOwnResolver?: boolean;
  /** Folder of `hosts`, `hostname` and `resolv.conf`. */
  readonly folder: string;
}

/** `--dns`, `--dns-search`, `--dns-option`; empty lists mean the host's. */
export interface DnsSettings {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
}

/**
 * The endpoint that the default route, the published ports and the flat fields of inspect belong to: highest gateway
 * priority, then the first in the order of names. Internal networks come last.
 */
export function primaryEndpoint(endpoints: readonly Endpoint[]): Endpoint | undefined {
  return [...endpoints].sort(comparePriority)[0];
}

function comparePriority(a: Endpoint, b: Endpoint): number {
  const out = Number(hasWayOut(b)) - Number(hasWayOut(a));
  if (out !== 0) return out;
  if (a.gatewayPriority !== b.gatewayPriority) return b.gatewayPriority - a.gatewayPriority;
  return a.networkName < b.networkName ? -1 : 1;
}

function hasWayOut({ ipv4, ipv6 }: Endpoint): boolean {
  return (ipv4?.gateway ?? "") !== "" || (ipv6?.gateway ?? "") !== "";
}
