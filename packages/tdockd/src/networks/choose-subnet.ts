import { createHash } from "node:crypto";
import { TdockError } from "@tdock/errors/error";
import { defaultGateway } from "./addresses.ts";
import { type Cidr, cutInto, formatCidr, overlaps, parseCidr } from "./cidr.ts";
import type { HostRange } from "./host-ranges.ts";
import type { Network, Subnet } from "./network.ts";

/** Ranges that are in use, with words that complete "overlaps with …". */
export type UsedRange = HostRange;

/** What other networks cover. */
export function networkRanges(networks: readonly Pick<Network, "name" | "subnets">[]): UsedRange[] {
  return networks.flatMap(({ name, subnets }) =>
    subnets.map(({ subnet }) => ({ range: parseCidr(subnet), what: `${subnet} of network ${name}` })),
  );
}

/** The used range that `wanted` overlaps with. */
export function findOverlap(wanted: Cidr, used: readonly UsedRange[]): UsedRange | undefined {
  return used.find(({ range }) => overlaps(range, wanted));
}

/** The first free part of the pools. Throws `conflict`, reason `pool-used-up`, and names what is in the way. */
export function chooseSubnet(pools: readonly string[], bits: number, used: readonly UsedRange[]): Subnet {
  const inTheWay = new Set<string>();
  for (const range of pools.map(parseCidr)) {
    const nearby = used.filter((one) => overlaps(one.range, range));
    for (const candidate of cutInto(range, Math.max(bits, range.bits))) {
      const overlap = findOverlap(candidate, nearby);
      if (overlap === undefined) return wholeSubnet(candidate);
      inTheWay.add(overlap.what);
    }
  }
  const examples = [...inTheWay].slice(0, 3).join("; ");
  const more = inTheWay.size > 3 ? `; and ${inTheWay.size - 3} more` : "";
  const family = parseCidr(pools[0] ?? "").family;
  const message =
    `could not find an available, non-overlapping IPv${family} address pool among the defaults to assign to ` +
    `the network: ${pools.join(", ")} used up by ${examples}${more}`;
  throw new TdockError("conflict", message, { reason: "pool-used-up" });
}

/** A /48 of unique local addresses (RFC 4193) that is always the same for one engine. */
export function uniqueLocalPool(engineId: string): string {
  const hash = createHash("sha256").update(engineId).digest("hex");
  return `fd${hash.slice(0, 2)}:${hash.slice(2, 6)}:${hash.slice(6, 10)}::/48`;
}

function wholeSubnet(range: Cidr): Subnet {
  return { subnet: formatCidr(range), ipRange: undefined, gateway: defaultGateway(range), auxiliaryAddresses: {} };
}
