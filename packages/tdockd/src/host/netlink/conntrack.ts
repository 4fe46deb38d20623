import { decodeAttributes, NLM_F_DUMP, nested } from "./message.ts";
import { NetlinkSocket } from "./socket.ts";

// https://github.com/torvalds/linux/blob/master/include/uapi/linux/netfilter/nfnetlink_conntrack.h
const CT_GET = (1 << 8) | 1;
const CT_DELETE = (1 << 8) | 2;
const CTA_TUPLE_ORIG = 1;
const CTA_TUPLE_PROTO = 2;
const CTA_PROTO_NUM = 1;
const CTA_PROTO_DST_PORT = 3;
const AF_INET = 2;
const UDP = 17;

/**
 * Makes the kernel forget the IPv4 UDP flows that go to one of `ports`: packets of a sender that never pauses would go
 * on to where the port led before. Lists all flows: for the few that publish UDP.
 */
export function forgetUdpFlows(ports: ReadonlySet<number>): void {
  using socket = new NetlinkSocket("netfilter");
  const head = Buffer.from([AF_INET, 0, 0, 0]);
  for (const entry of socket.ask({ type: CT_GET, flags: NLM_F_DUMP, payload: head }, "list the flows")) {
    const original = decodeAttributes(entry.subarray(4)).get(CTA_TUPLE_ORIG);
    if (original === undefined || !isUdpTo(original, ports)) continue;
    const payload = Buffer.concat([head, nested(CTA_TUPLE_ORIG, original)]);
    try {
      socket.change({ type: CT_DELETE, flags: 0, payload }, "forget a flow");
    } catch {
      // It has ended meanwhile.
    }
  }
}

function isUdpTo(tuple: Buffer, ports: ReadonlySet<number>): boolean {
  const protocol = decodeAttributes(decodeAttributes(tuple).get(CTA_TUPLE_PROTO) ?? Buffer.alloc(0));
  return protocol.get(CTA_PROTO_NUM)?.[0] === UDP && ports.has(protocol.get(CTA_PROTO_DST_PORT)?.readUInt16BE(0) ?? -1);
}
