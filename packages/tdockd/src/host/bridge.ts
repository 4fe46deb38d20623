import { randomBytes } from "node:crypto";
import { TdockError } from "@tdock/errors/error";
import { addAddress } from "./netlink/addresses.ts";
import { changeLink, createBridge, deleteLink, findLink, type Link } from "./netlink/links.ts";
import { NetlinkSocket } from "./netlink/socket.ts";
import { writeSysctl } from "./sysctl.ts";

export interface BridgeRequest {
  readonly name: string;
  readonly mtu?: number;
  /** tdock's mark; a bridge of that name with another mark is not touched. */
  readonly alias: string;
  /** Its own addresses with prefix length, e.g. `10.201.0.1/24`. */
  readonly addresses: readonly string[];
  readonly hasIpv6: boolean;
}

/**
 * Makes the bridge as asked, or brings one of ours back to that state; answers its index. Idempotent.
 * Published ports of 127.0.0.1 need `route_localnet`; the rules of the nftables table keep neighbours off 127/8.
 * Throws `conflict` when a device of that name is not ours.
 */
export function ensureBridge(request: BridgeRequest): number {
  using socket = new NetlinkSocket();
  const { index } = findOwn(socket, request) ?? createOwn(socket, request);
  writeSysctl(`net/ipv4/conf/${request.name}/route_localnet`, 1);
  writeSysctl(`net/ipv6/conf/${request.name}/accept_ra`, 0);
  // Nobody else has its addresses: without a search for doubles they serve from the first packet on.
  writeSysctl(`net/ipv6/conf/${request.name}/accept_dad`, 0);
  writeSysctl(`net/ipv6/conf/${request.name}/disable_ipv6`, request.hasIpv6 ? 0 : 1);
  for (const cidr of request.addresses) {
    const [address = "", bits = ""] = cidr.split("/");
    addAddress(socket, { deviceIndex: index, address, prefixLength: Number(bits) });
  }
  changeLink(socket, index, { isUp: true });
  return index;
}

/** Removes a bridge if it carries our mark; answers whether it did. */
export async function removeBridge(name: string, alias: string): Promise<boolean> {
  using socket = new NetlinkSocket();
  const link = findLink(socket, name);
  if (link === undefined || link.alias !== alias) return false;
  return await deleteLink(socket, name);
}

/** Locally administered, unicast. */
function randomMac(): string {
  return `02:42:${[...randomBytes(4)].map((byte) => byte.toString(16).padStart(2, "0")).join(":")}`;
}

function findOwn(socket: NetlinkSocket, { name, alias }: BridgeRequest): Link | undefined {
  const link = findLink(socket, name);
  if (link === undefined || link.alias === alias) return link;
  throw new TdockError("conflict", `a network device named ${name} exists and is not tdock's`);
}

/**
 * With a hardware address of its own: otherwise a bridge takes the lowest of its ports', and when that port goes, the
 * others send to an address that nobody has until they ask again.
 */
function createOwn(socket: NetlinkSocket, { name, alias, mtu }: BridgeRequest): Link {
  createBridge(socket, name, { mac: randomMac(), ...(mtu === undefined ? {} : { mtu }) });
  const link = findLink(socket, name);
  if (link === undefined) throw new TdockError("internal", `bridge ${name} vanished while it was made`);
  changeLink(socket, link.index, { alias });
  return link;
}
