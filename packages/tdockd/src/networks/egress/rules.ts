import type { Element } from "../element.ts";
import type { Endpoint } from "../sandbox.ts";
import { type AllowedPlace, covers, type EgressPolicy } from "./policy.ts";

/** Sets whose elements come and go by themselves: answers of the DNS server with their time, destinations seen. */
export const dynamicSets = [
  "egress_any4",
  "egress_any6",
  "egress_port4",
  "egress_port6",
  "egress_seen4",
  "egress_seen6",
];

/** Sets of the nftables table. Each element begins with the container's address. */
export const egressSets = [4, 6]
  .map(
    (family) => `
  set egress${family} { type ipv${family}_addr; }
  set egress_log${family} { type ipv${family}_addr; }
  set egress_any${family} { type ipv${family}_addr . ipv${family}_addr; flags interval,timeout; }
  set egress_port${family} { type ipv${family}_addr . ipv${family}_addr . inet_service; flags interval,timeout; }
  set egress_seen${family} { type ipv${family}_addr . ipv${family}_addr . inet_proto . inet_service; flags dynamic; size 65535; }`,
  )
  .join("");

/**
 * Chains: `egress` judges what containers send through the host, `egress_host` what they send to the host itself,
 * where the DNS server alone is open to all.
 */
export const egressChains = `
  chain egress {
    ct state established,related return
    iifname . oifname @pairs return
    jump egress_judge
  }

  chain egress_host {
    type filter hook input priority filter; policy accept;
    iifname != @bridges return
    ct state established,related return
    meta l4proto { tcp, udp } ct original proto-dst 53 return
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } return
    jump egress_judge
  }

  chain egress_judge {
    ip saddr @egress_log4 meta l4proto { tcp, udp, sctp } update @egress_seen4 { ip saddr . ip daddr . meta l4proto . th dport }
    ip6 saddr @egress_log6 meta l4proto { tcp, udp, sctp } update @egress_seen6 { ip6 saddr . ip6 daddr . meta l4proto . th dport }
    ip saddr @egress4 jump egress_deny4
    ip6 saddr @egress6 jump egress_deny6
  }

  chain egress_deny4 {
    ip saddr . ip daddr @egress_any4 return
    meta l4proto { tcp, udp, sctp } ip saddr . ip daddr . th dport @egress_port4 return
    reject with icmpx type admin-prohibited
  }

  chain egress_deny6 {
    ip6 saddr . ip6 daddr @egress_any6 return
    meta l4proto { tcp, udp, sctp } ip6 saddr . ip6 daddr . th dport @egress_port6 return
    reject with icmpx type admin-prohibited
  }
`;

/** What IPv6 finds its neighbours with. */
const neighbourSources = ["::", "fe80::/10"];

/**
 * Rules for what comes from a container's device: a policy goes by the address that is sent from, which whoever may
 * send packets of his own making could choose.
 */
export function ownSourcesOnly({ ipv4, ipv6 }: Endpoint, policy: EgressPolicy | undefined): string[] {
  if (policy === undefined) return [];
  const sources6 = [...neighbourSources, ...(ipv6 === undefined ? [] : [ipv6.address])];
  return [
    ipv4 === undefined ? "meta protocol ip drop" : `ip saddr != ${ipv4.address} drop`,
    `ip6 saddr { ${neighbourSources.join(", ")} } meta l4proto != icmpv6 drop`,
    `ip6 saddr != { ${sources6.join(", ")} } drop`,
  ];
}

/** The elements that hold a container to its policy for as long as it runs. */
export function egressElements(endpoints: readonly Endpoint[], policy: EgressPolicy | undefined): Element[] {
  if (policy === undefined) return [];
  const ranges = widest(policy.allowed.filter(({ kind }) => kind === "range"));
  return containerAddresses(endpoints).flatMap((address) => {
    const family = familyOf(address);
    return [
      ...(policy.isRestricted ? [{ set: `egress${family}`, text: address }] : []),
      ...(policy.isLogged ? [{ set: `egress_log${family}`, text: address }] : []),
      ...ranges
        .filter(({ host }) => familyOf(host) === family)
        .map((place) => allowElement(address, place, place.host)),
    ];
  });
}

/** Those that no other one covers; of equal ones the first. */
function widest(ranges: readonly AllowedPlace[]): AllowedPlace[] {
  const isNeeded = (one: AllowedPlace, at: number) =>
    !ranges.some((other, i) => i !== at && covers(other, one) && (i < at || !covers(one, other)));
  return ranges.filter(isNeeded);
}

export interface Opening {
  readonly endpoints: readonly Endpoint[];
  /** The rule that the name satisfies. */
  readonly place: AllowedPlace;
  /** An address that the name was found to have. */
  readonly destination: string;
  readonly seconds: number;
}

/** The elements that open the way to an address for a time. */
export function openingElements({ endpoints, place, destination, seconds }: Opening): Element[] {
  return containerAddresses(endpoints)
    .filter((address) => familyOf(address) === familyOf(destination))
    .map((address) => {
      const { set, text } = allowElement(address, place, destination);
      return { set, text: `${text} timeout ${seconds}s` };
    });
}

export function containerAddresses(endpoints: readonly Endpoint[]): string[] {
  return endpoints.flatMap(({ ipv4, ipv6 }) => [ipv4?.address, ipv6?.address].filter((one) => one !== undefined));
}

function allowElement(address: string, { port }: AllowedPlace, destination: string): Element {
  const family = familyOf(address);
  return port === undefined
    ? { set: `egress_any${family}`, text: `${address} . ${destination}` }
    : { set: `egress_port${family}`, text: `${address} . ${destination} . ${port}` };
}

function familyOf(address: string): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}
