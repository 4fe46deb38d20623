import { listLinks } from "../host/netlink/links.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { primaryEndpoint, type Sandbox } from "./sandbox.ts";

/**
 * Published ports at the host's `::1`. The kernel takes in what is for ::1 from `lo` alone, so a container is asked
 * from an address that nobody has, and what it answers there is handed from its device to `lo` before the bridge sees
 * it; connection tracking then makes it ::1 again. The chains stand in a table of their own, of the family netdev.
 */

/** Out of the prefix that is for discarding (RFC 6666): it is no host's, and leads nowhere should it ever get out. */
export const loopbackStandIn = "100::1";

/** The device by which a container answers the host's ::1, where one of its ports is published there. */
export function answeringDevice({ endpoints, ports }: Sandbox): string | undefined {
  const { hostDevice = "", ipv6 } = primaryEndpoint(endpoints) ?? {};
  const isPublished = ports.some(({ hostIp }) => hostIp === "::" || hostIp === "::1");
  return isPublished && hostDevice !== "" && (ipv6?.gateway ?? "") !== "" ? hostDevice : undefined;
}

/** Those of these containers that are there; a chain cannot be made for any other. */
export function answeringDevices(sandboxes: readonly Sandbox[]): string[] {
  const wanted = sandboxes.map(answeringDevice).filter((device) => device !== undefined);
  if (wanted.length === 0) return [];
  using socket = new NetlinkSocket();
  const present = new Set(listLinks(socket).map(({ name }) => name));
  return wanted.filter((device) => present.has(device));
}

/** The whole table, in place of whatever it is now. */
export function answersTable(table: string, devices: readonly string[]): string {
  const none = `add table netdev ${table}\ndelete table netdev ${table}\n`;
  return devices.length === 0 ? none : none + addAnswers(table, devices);
}

/** Adds the chains of some devices. */
export function addAnswers(table: string, devices: readonly string[]): string {
  return `table netdev ${table} {\n  comment "made by tdock"\n${devices.map(chainOf).join("")}}\n`;
}

/** Takes a device's chain away, whether it is there or not. */
export function removeAnswers(table: string, device: string): string {
  const chain = `chain netdev ${table} ${device}`;
  return `add table netdev ${table}\nadd ${chain}\nflush ${chain}\ndelete ${chain}\n`;
}

function chainOf(device: string): string {
  return `  chain ${device} {
    type filter hook ingress device "${device}" priority filter; policy accept;
    ip6 daddr ${loopbackStandIn} meta pkttype set host ether daddr set 00:00:00:00:00:00 fwd to "lo"
  }
`;
}
