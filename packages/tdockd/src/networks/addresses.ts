import { TdockError } from "@tdock/errors/error";
import { addressToNumber, type Cidr, containsAddress, lastOf, numberToAddress, parseCidr, sizeOf } from "./cidr.ts";
import type { Subnet } from "./network.ts";

/** Addresses of a subnet that no container may have: gateway, auxiliary, and in IPv4 the first and the last. */
export function isReserved(subnet: Subnet, address: string): boolean {
  const value = addressToNumber(address);
  const kept = [subnet.gateway, ...Object.values(subnet.auxiliaryAddresses)].filter((one) => one !== undefined);
  if (kept.some((one) => addressToNumber(one) === value)) return true;
  const cidr = parseCidr(subnet.subnet);
  // A /31 and a /32 have neither a network nor a broadcast address (RFC 3021).
  return cidr.family === 4 && cidr.bits < 31 ? value === cidr.base || value === lastOf(cidr) : value === cidr.base;
}

export interface AllocationRequest {
  readonly subnet: Subnet;
  readonly isTaken: (address: string) => boolean;
  /**
   * Address that was given last: the search begins behind it and wraps around, so that an address rests before it is
   * given again and neighbours do not send to its former owner.
   */
  readonly after?: string | undefined;
}

/** A free address of the subnet's range, or `undefined` when all are taken. */
export function findFreeAddress({ subnet, isTaken, after }: AllocationRequest): string | undefined {
  const range = parseCidr(subnet.ipRange ?? subnet.subnet);
  const size = sizeOf(range);
  const start = after !== undefined && containsAddress(range, after) ? addressToNumber(after) - range.base + 1n : 0n;
  // Taken addresses are far fewer than a large range has; in a small one every address is looked at.
  for (let i = 0n; i < size; i += 1n) {
    const address = numberToAddress(range.family, range.base + ((start + i) % size));
    if (!isReserved(subnet, address) && !isTaken(address)) return address;
  }
  return undefined;
}

/**
 * Checks an address that a user asked for; answers the subnet it is of.
 * Throws `invalid-argument` outside all subnets, `conflict` when it is taken or reserved; in Docker's words.
 */
export function checkWantedAddress(
  subnets: readonly Subnet[],
  address: string,
  isTaken: (address: string) => boolean,
): Subnet {
  const subnet = subnets.find((one) => containsAddress(parseCidr(one.subnet), address));
  if (subnet === undefined) {
    const message = `invalid address ${address}: It does not belong to any of this network's subnets`;
    throw new TdockError("invalid-argument", message);
  }
  if (isReserved(subnet, address) || isTaken(address)) {
    throw new TdockError("conflict", `Address already in use: ${address}`, { reason: "address-in-use" });
  }
  return subnet;
}

/** The address a subnet's gateway has when the user did not choose: the first of its range. */
export function defaultGateway(subnet: Cidr): string {
  return numberToAddress(subnet.family, sizeOf(subnet) === 1n ? subnet.base : subnet.base + 1n);
}

/** Docker's MAC address for an IPv4 address: neighbours' caches stay right when an address comes back. */
export function macOf(ipv4: string): string {
  const octets = ipv4.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  return ["02", "42", ...octets].join(":");
}
