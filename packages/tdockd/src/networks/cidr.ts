import { isIP } from "node:net";
import { TdockError } from "@tdock/errors/error";
import { decodeAddress, encodeAddress } from "../host/netlink/address-bytes.ts";

/** A range of addresses: those that share the first `bits` bits of `base`. */
export interface Cidr {
  readonly family: 4 | 6;
  /** The lowest address as a number; the bits behind the prefix are zero. */
  readonly base: bigint;
  readonly bits: number;
}

const widthOf = { 4: 32, 6: 128 } as const;

/** Reads `10.0.0.0/8` or `fd00::/64`; bits behind the prefix are dropped. Throws `invalid-argument`. */
export function parseCidr(text: string): Cidr {
  const [address = "", bits = ""] = text.split("/");
  const family = isIP(address) as 0 | 4 | 6;
  if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > widthOf[family] || text.split("/").length !== 2) {
    throw new TdockError("invalid-argument", `invalid CIDR address: ${text}`);
  }
  const shift = BigInt(widthOf[family] - Number(bits));
  return { family, base: (addressToNumber(address) >> shift) << shift, bits: Number(bits) };
}

export function formatCidr(cidr: Cidr): string {
  return `${numberToAddress(cidr.family, cidr.base)}/${cidr.bits}`;
}

/** The value of an address. Throws `invalid-argument` for what is none. */
export function addressToNumber(address: string): bigint {
  return BigInt(`0x${encodeAddress(address).toString("hex")}`);
}

export function numberToAddress(family: 4 | 6, value: bigint): string {
  const hex = value.toString(16).padStart(widthOf[family] / 4, "0");
  return decodeAddress(Buffer.from(hex, "hex"));
}

/** The family of an address, 4 or 6. Throws `invalid-argument` for what is none. */
export function familyOf(address: string): 4 | 6 {
  const family = isIP(address);
  if (family === 4 || family === 6) return family;
  throw new TdockError("invalid-argument", `invalid IP address: ${address}`);
}

/** Whether an address, as it is usually written, is one of the machine that uses it. */
export function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** How many addresses the range has. */
export function sizeOf({ family, bits }: Cidr): bigint {
  return 1n << BigInt(widthOf[family] - bits);
}

/** The highest address of the range, as a number. */
export function lastOf(cidr: Cidr): bigint {
  return cidr.base + sizeOf(cidr) - 1n;
}

export function containsAddress(cidr: Cidr, address: string): boolean {
  if (isIP(address) !== cidr.family) return false;
  const value = addressToNumber(address);
  return value >= cidr.base && value <= lastOf(cidr);
}

/** Whether all of `inner` lies in `outer`. */
export function containsCidr(outer: Cidr, inner: Cidr): boolean {
  return outer.family === inner.family && inner.base >= outer.base && lastOf(inner) <= lastOf(outer);
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.family === b.family && a.base <= lastOf(b) && b.base <= lastOf(a);
}

/** The ranges of `bits` bits that `range` falls into, lowest first. */
export function* cutInto(range: Cidr, bits: number): Generator<Cidr> {
  const step = 1n << BigInt(widthOf[range.family] - bits);
  for (let base = range.base; base <= lastOf(range); base += step) yield { family: range.family, base, bits };
}
