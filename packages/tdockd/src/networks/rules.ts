import { isLoopback } from "./cidr.ts";
import { egressChains, egressSets } from "./egress/rules.ts";
import { type Element, elementCommands } from "./element.ts";
import { type GatewayMode, gatewayMode } from "./gateway-mode.ts";
import { loopbackStandIn } from "./loopback-answers.ts";
import { isOn, type Network } from "./network.ts";
import type { PublishedPort } from "./sandbox.ts";

/**
 * The nftables table as text; pure. The chains are fixed: networks and published ports are only elements of sets and
 * maps, so a change costs one element and a range of ports one interval. The table belongs to one tdockd and touches
 * no packet that neither comes from nor goes to one of its bridges. Its `accept` ends its own chain only: what another
 * table drops stays dropped.
 */

/** What of a network the rules depend on. */
export interface NetworkRules {
  readonly device: string;
  readonly isInternal: boolean;
  /** Source addresses are hidden behind the host's. */
  readonly isMasqueraded: boolean;
  readonly modes: Readonly<Record<4 | 6, GatewayMode>>;
  readonly subnets: readonly string[];
}

/** A published port and the container's address that it leads to. */
export interface PortRule extends PublishedPort {
  readonly address: string;
  /** It is open at that address too. */
  readonly isRouted?: boolean;
}

const masqueradeOption = "com.docker.network.bridge.enable_ip_masquerade";

export function networkRules(network: Network): NetworkRules {
  return {
    device: network.device,
    isInternal: network.isInternal,
    isMasqueraded: !network.isInternal && isOn(network, masqueradeOption, true),
    modes: { 4: gatewayMode(network, 4), 6: gatewayMode(network, 6) },
    subnets: network.subnets.map(({ subnet }) => subnet),
  };
}

/** The elements that a network puts into the table. */
export function networkElements(rules: NetworkRules): Element[] {
  const device = `"${rules.device}"`;
  const elements = [
    { set: "bridges", text: device },
    { set: "pairs", text: `${device} . ${device}` },
  ];
  if (rules.isInternal) elements.push({ set: "internal", text: device });
  for (const family of [4, 6] as const) {
    if (rules.modes[family] === "nat-unprotected") elements.push({ set: `unprotected${family}`, text: device });
    if (rules.modes[family] === "routed") elements.push({ set: `routed${family}`, text: device });
  }
  for (const subnet of rules.subnets) {
    const family = subnet.includes(":") ? 6 : 4;
    if (rules.isMasqueraded && rules.modes[family] !== "routed")
      elements.push({ set: `masquerade${family}`, text: subnet });
    elements.push({ set: `hairpin${family}`, text: `${subnet} . ${subnet}` });
  }
  return elements;
}

/** The elements that published ports put into the table; neighbouring ports that keep their number become intervals. */
export function portElements(ports: readonly PortRule[]): Element[] {
  const kept = ports.filter(({ hostPort, containerPort }) => hostPort === containerPort);
  const moved = ports.filter(({ hostPort, containerPort }) => hostPort !== containerPort);
  return [
    ...intervals(kept).map(({ first, last }) => ({
      set: `publish${familyOf(first)}`,
      text: `${keyOf(first, last.hostPort)} : ${first.address}`,
    })),
    ...moved.map((port) => ({
      set: `publish_to${familyOf(port)}`,
      text: `${keyOf(port, port.hostPort)} : ${port.address} . ${port.containerPort}`,
    })),
    ...openElements(ports.filter(({ isRouted, hostIp }) => isRouted === true && !isLoopback(hostIp))),
  ];
}

/** A container's port may be published at several of the host's. */
function openElements(ports: readonly PortRule[]): Element[] {
  const inside = ports.map((port) => ({ ...port, hostIp: "", hostPort: port.containerPort }));
  const once = new Map(inside.map((port) => [`${groupOf(port)} ${port.hostPort}`, port]));
  return intervals([...once.values()]).map(({ first, last }) => ({
    set: `open${familyOf(first)}`,
    text: `${first.address} . ${first.protocol} . ${portsOf(first.hostPort, last.hostPort)}`,
  }));
}

/** The whole table, in place of whatever it is now, in one transaction. */
export function tableScript(table: string, elements: readonly Element[]): string {
  return `add table inet ${table}\ndelete table inet ${table}\n${skeleton(table)}${elementCommands("add", table, elements)}`;
}

function skeleton(table: string): string {
  return `table inet ${table} {
  comment "made by tdock"
  set bridges { type ifname; }
  set internal { type ifname; }
  set routed4 { type ifname; }
  set routed6 { type ifname; }
  set unprotected4 { type ifname; }
  set unprotected6 { type ifname; }
  set open4 { type ipv4_addr . inet_proto . inet_service; flags interval; }
  set open6 { type ipv6_addr . inet_proto . inet_service; flags interval; }
  set pairs { type ifname . ifname; }
  set masquerade4 { type ipv4_addr; flags interval; }
  set masquerade6 { type ipv6_addr; flags interval; }
  set hairpin4 { type ipv4_addr . ipv4_addr; flags interval; }
  set hairpin6 { type ipv6_addr . ipv6_addr; flags interval; }
  map publish4 { type inet_proto . ipv4_addr . inet_service : ipv4_addr; flags interval; }
  map publish6 { type inet_proto . ipv6_addr . inet_service : ipv6_addr; flags interval; }
  map publish_to4 { type inet_proto . ipv4_addr . inet_service : ipv4_addr . inet_service; flags interval; }
  map publish_to6 { type inet_proto . ipv6_addr . inet_service : ipv6_addr . inet_service; flags interval; }
  map names4 { type ipv4_addr . inet_proto : inet_service; }
  map names6 { type ipv6_addr . inet_proto : inet_service; }
${egressSets}

  chain publish {
    meta l4proto { tcp, udp, sctp } dnat ip to meta l4proto . ip daddr . th dport map @publish_to4
    meta l4proto { tcp, udp, sctp } dnat ip to meta l4proto . ip daddr . th dport map @publish4
    meta l4proto { tcp, udp, sctp } dnat ip6 to meta l4proto . ip6 daddr . th dport map @publish_to6
    meta l4proto { tcp, udp, sctp } dnat ip6 to meta l4proto . ip6 daddr . th dport map @publish6
  }

  chain guard {
    type filter hook prerouting priority raw; policy accept;
    iifname @bridges ip daddr 127.0.0.0/8 drop comment "the host's loopback is not the containers'"
  }

  chain answers {
    type filter hook prerouting priority mangle; policy accept;
    ip6 daddr ${loopbackStandIn} ct state new,invalid,untracked drop comment "to the host's ::1 go answers only"
  }

  chain from_anywhere {
    type nat hook prerouting priority dstnat; policy accept;
    iifname @bridges meta l4proto { tcp, udp } th dport 53 redirect to :ip daddr . meta l4proto map @names4
    iifname @bridges meta l4proto { tcp, udp } th dport 53 redirect to :ip6 daddr . meta l4proto map @names6
    ip daddr 127.0.0.0/8 return comment "what the host's 127.0.0.1 publishes is the host's alone"
    fib daddr type local jump publish
  }

  chain from_host {
    type nat hook output priority -100; policy accept;
    fib daddr type local jump publish
  }

  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname @bridges jump egress
    oifname @bridges jump to_container
    iifname @internal drop comment "internal networks have no way out"
  }

  chain to_container {
    ct state established,related accept
    iifname . oifname @pairs accept
    iifname @internal drop comment "internal networks have no way out"
    oifname @internal drop comment "internal networks have no way in"
    ct status dnat accept comment "published ports"
    iifname @bridges drop comment "networks are isolated from each other"
    meta nfproto ipv4 oifname @unprotected4 accept
    meta nfproto ipv6 oifname @unprotected6 accept
    meta l4proto icmp oifname @routed4 accept
    meta l4proto ipv6-icmp oifname @routed6 accept
    meta l4proto { tcp, udp, sctp } ip daddr . meta l4proto . th dport @open4 accept
    meta l4proto { tcp, udp, sctp } ip6 daddr . meta l4proto . th dport @open6 accept
    drop comment "only published ports can be reached from outside"
  }

${egressChains}
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ct status dnat ip saddr . ip daddr @hairpin4 masquerade comment "answers must come back through the host"
    ct status dnat ip6 saddr . ip6 daddr @hairpin6 masquerade
    oifname @bridges ip saddr 127.0.0.0/8 masquerade
    oifname @bridges ip6 saddr ::1 snat ip6 to ${loopbackStandIn}
    oifname != @bridges ip saddr @masquerade4 masquerade
    oifname != @bridges ip6 saddr @masquerade6 masquerade
  }
}
`;
}

function intervals(ports: readonly PortRule[]): { first: PortRule; last: PortRule }[] {
  const sorted = [...ports].sort((a, b) => compareText(groupOf(a), groupOf(b)) || a.hostPort - b.hostPort);
  const result: { first: PortRule; last: PortRule }[] = [];
  for (const port of sorted) {
    const open = result.at(-1);
    if (open !== undefined && groupOf(open.last) === groupOf(port) && open.last.hostPort + 1 === port.hostPort) {
      open.last = port;
    } else {
      result.push({ first: port, last: port });
    }
  }
  return result;
}

function groupOf({ protocol, hostIp, address }: PortRule): string {
  return `${protocol} ${hostIp} ${address}`;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function keyOf({ protocol, hostIp, hostPort }: PortRule, last: number): string {
  return `${protocol} . ${rangeOf(hostIp)} . ${portsOf(hostPort, last)}`;
}

function portsOf(first: number, last: number): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

/** All addresses of a family are one interval too; the chain has already seen to them being the host's. */
function rangeOf(hostIp: string): string {
  if (hostIp === "0.0.0.0") return "0.0.0.0/0";
  return hostIp === "::" ? "::/0" : hostIp;
}

function familyOf({ address }: PortRule): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}
