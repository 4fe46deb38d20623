import { listAddresses } from "../host/netlink/addresses.ts";
import { listLinks } from "../host/netlink/links.ts";
import { listRoutes } from "../host/netlink/routes.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { type Cidr, parseCidr } from "./cidr.ts";

/** A range of addresses that the host already uses, and what for. */
export interface HostRange {
  readonly range: Cidr;
  /** Completes "overlaps with …", e.g. `10.0.0.0/8, a route of the host by eth1`. */
  readonly what: string;
}

/**
 * What the host's routes and addresses cover, but for default routes, loopback and link-local, and for the device that
 * is named: a network's own bridge is no reason against it.
 */
export function hostRanges(exceptDevice = ""): HostRange[] {
  using socket = new NetlinkSocket();
  const names = new Map(listLinks(socket).map(({ index, name }) => [index, name]));
  const nameOf = (index: number) => names.get(index) ?? `device ${index}`;
  const routes = listRoutes(socket)
    .filter(({ destination }) => !destination.endsWith("/0"))
    .map(({ destination, deviceIndex }) => ({
      range: parseCidr(destination),
      device: nameOf(deviceIndex),
      what: `${destination}, a route of the host by ${nameOf(deviceIndex)}`,
    }));
  const addresses = listAddresses(socket).map(({ address, prefixLength, deviceIndex }) => ({
    range: parseCidr(`${address}/${prefixLength}`),
    device: nameOf(deviceIndex),
    what: `${address}/${prefixLength}, an address of the host's ${nameOf(deviceIndex)}`,
  }));
  return [...routes, ...addresses].filter(({ device, range }) => device !== exceptDevice && !isLinkLocal(range));
}

function isLinkLocal({ family, base }: Cidr): boolean {
  return family === 6 && base >> 118n === 0x3fan;
}
