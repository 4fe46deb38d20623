import type { LookupAddress, LookupOptions } from "node:dns";
import { BlockList, isIP } from "node:net";
import { TdockError } from "@tdock/errors/error";
import { sharedLookup } from "./shared-lookup.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

// What a registry must not send us to: this very host, and the metadata services of clouds.
const linkLocal = new BlockList();
linkLocal.addSubnet("169.254.0.0", 16, "ipv4");
linkLocal.addSubnet("fe80::", 10, "ipv6");
linkLocal.addAddress("fd00:ec2::254", "ipv6");

const unspecified = new BlockList();
unspecified.addSubnet("0.0.0.0", 8, "ipv4");
unspecified.addAddress("::", "ipv6");

/** Whether a URL's host name or literal address is this machine's own: `localhost`, 127.0.0.0/8, `::1`. */
export function isLoopbackHost(hostname: string): boolean {
  const host = withoutBrackets(hostname);
  return host === "localhost" || host.endsWith(".localhost") || listed(loopback, host);
}

/** Whether an IP address lies in one of `cidrs` (`10.0.0.0/8`); false for names. */
export function isInSubnets(host: string, cidrs: readonly string[]): boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = "", bits] = cidr.split("/");
    const family = isIP(network);
    if (family !== 0)
      list.addSubnet(network, Number(bits ?? (family === 4 ? 32 : 128)), family === 4 ? "ipv4" : "ipv6");
  }
  return listed(list, withoutBrackets(host));
}

/**
 * Refuses a literal address that no registry has a reason to send us to. `mayBeLoopback` when the registry is
 * itself on this machine. Throws `forbidden`. Names are checked when they are resolved: {@link guardedLookup}.
 */
export function checkHost(hostname: string, mayBeLoopback: boolean): void {
  const host = withoutBrackets(hostname);
  const refused = listed(linkLocal, host) || (!mayBeLoopback && (isLoopbackHost(host) || listed(unspecified, host)));
  if (refused) throw new TdockError("forbidden", `a registry may not refer to the address ${host}`);
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** A `lookup` for sockets that fails where {@link checkHost} refuses one of the addresses found. */
export function guardedLookup(mayBeLoopback: boolean) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    sharedLookup(hostname, options, (error, addresses) => {
      if (error !== null) return callback(error, []);
      try {
        for (const { address } of addresses) checkHost(address, mayBeLoopback);
      } catch (refusal) {
        return callback(refusal as Error, []);
      }
      const [first] = addresses;
      if (options.all === true || first === undefined) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

function listed(list: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && list.check(host, family === 4 ? "ipv4" : "ipv6");
}

function withoutBrackets(hostname: string): string {
  return hostname.startsWith("[") && hostname.endsWith("]") ? hostname.slice(1, -1) : hostname;
}
