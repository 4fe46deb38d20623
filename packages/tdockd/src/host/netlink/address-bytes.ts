import { isIPv4, isIPv6 } from "node:net";
import { TdockError } from "@tdock/errors/error";

export const AF_INET = 2;
export const AF_INET6 = 10;

/** The kernel's number of an address's family. */
export function addressFamily(address: string): number {
  return isIPv4(address) ? AF_INET : AF_INET6;
}

/** An IPv4 or IPv6 address as 4 or 16 bytes in network order. Throws `invalid-argument`. */
export function encodeAddress(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  if (!isIPv6(address)) throw new TdockError("invalid-argument", `invalid IP address: ${address}`);
  return encodeIpv6(address);
}

/** 4 or 16 bytes as an address; IPv6 in its shortest form (RFC 5952). */
export function decodeAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return shorten(groups);
}

/** An address in the one form that records and the kernel have of it. Throws `invalid-argument`. */
export function plainAddress(address: string): string {
  return decodeAddress(encodeAddress(address));
}

function encodeIpv6(address: string): Buffer {
  const plain = address.replace(/%.*$/, "").replace(/(\d+\.\d+\.\d+\.\d+)$/, (_, tail: string) => {
    const [a = 0, b = 0, c = 0, d = 0] = tail.split(".").map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = "", tail] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : new Array<string>(8 - left.length - right.length).fill("0");
  const bytes = Buffer.alloc(16);
  for (const [i, group] of [...left, ...zeros, ...right].entries()) {
    bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * i);
  }
  return bytes;
}

/** The longest run of two or more zero groups becomes `::`. */
function shorten(groups: readonly string[]): string {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === "0") length += 1;
    if (length > best.length) best = { start, length };
  }
  if (best.start === -1) return groups.join(":");
  return `${groups.slice(0, best.start).join(":")}::${groups.slice(best.start + best.length).join(":")}`;
}
