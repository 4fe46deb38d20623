import { primaryEndpoint, type Sandbox } from "./sandbox.ts";

/**
 * Published ports at the host's `::1`. The kernel takes in what is for ::1 from `lo` alone, so a container is asked
 * from an address that nobody has, and what it answers there is handed from its device to `lo` before the bridge sees
 * it (device-chains.ts); connection tracking then makes it ::1 again.
 */

/** Out of the prefix that is for discarding (RFC 6666): it is no host's, and leads nowhere should it ever get out. */
export const loopbackStandIn = "100::1";

export const answerRule = `ip6 daddr ${loopbackStandIn} meta pkttype set host ether daddr set 00:00:00:00:00:00 fwd to "lo"`;

/** The device by which a container answers the host's ::1, where one of its ports is published there. */
export function answeringDevice({ endpoints, ports }: Sandbox): string | undefined {
  const { hostDevice = "", ipv6 } = primaryEndpoint(endpoints) ?? {};
  const isPublished = ports.some(({ hostIp }) => hostIp === "::" || hostIp === "::1");
  return isPublished && hostDevice !== "" && (ipv6?.gateway ?? "") !== "" ? hostDevice : undefined;
}
