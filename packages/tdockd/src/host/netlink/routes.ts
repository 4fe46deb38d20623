import { AF_INET, AF_INET6, addressFamily, decodeAddress, encodeAddress } from "./address-bytes.ts";
import { attribute, decodeAttributes, NLM_F_CREATE, NLM_F_DUMP, NLM_F_REPLACE, u32 } from "./message.ts";
import type { NetlinkSocket } from "./socket.ts";

const RTM_NEWROUTE = 24;
const RTM_GETROUTE = 26;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_TABLE = 15;
const RT_TABLE_MAIN = 254;
const RTPROT_BOOT = 3;
const RT_SCOPE_UNIVERSE = 0;
const RT_SCOPE_LINK = 253;
const RTN_UNICAST = 1;

export interface Route {
  /** CIDR; `0.0.0.0/0` or `::/0` is the default route. */
  readonly destination: string;
  readonly deviceIndex: number;
  readonly gateway?: string;
}

/** Puts a route into the main table, in place of one with the same destination. */
export function setRoute(socket: NetlinkSocket, { destination, deviceIndex, gateway }: Route): void {
  const [address = "", bits = "0"] = destination.split("/");
  const scope = gateway === undefined && addressFamily(address) === AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  const parts = [header({ family: addressFamily(address), bits: Number(bits), scope })];
  if (Number(bits) > 0) parts.push(attribute(RTA_DST, encodeAddress(address)));
  if (gateway !== undefined) parts.push(attribute(RTA_GATEWAY, encodeAddress(gateway)));
  parts.push(attribute(RTA_OIF, u32(deviceIndex)));
  const message = { type: RTM_NEWROUTE, flags: NLM_F_CREATE | NLM_F_REPLACE, payload: Buffer.concat(parts) };
  socket.change(message, `set route to ${destination}`);
}

/** Unicast routes of the main table, both families. */
export function listRoutes(socket: NetlinkSocket): Route[] {
  return [AF_INET, AF_INET6].flatMap((family) => {
    const payload = Buffer.alloc(12);
    payload[0] = family;
    return socket.ask({ type: RTM_GETROUTE, flags: NLM_F_DUMP, payload }, "list routes").flatMap(decodeRoute);
  });
}

function decodeRoute(payload: Buffer): Route[] {
  const attributes = decodeAttributes(payload.subarray(12));
  const table = attributes.get(RTA_TABLE)?.readUInt32LE(0) ?? payload[4];
  if (table !== RT_TABLE_MAIN || payload[7] !== RTN_UNICAST) return [];
  const any = payload[0] === AF_INET ? "0.0.0.0" : "::";
  const destination = attributes.get(RTA_DST);
  const gateway = attributes.get(RTA_GATEWAY);
  return [
    {
      destination: `${destination === undefined ? any : decodeAddress(destination)}/${payload[1]}`,
      deviceIndex: attributes.get(RTA_OIF)?.readUInt32LE(0) ?? 0,
      ...(gateway === undefined ? {} : { gateway: decodeAddress(gateway) }),
    },
  ];
}

/** struct rtmsg */
function header({ family, bits, scope }: { family: number; bits: number; scope: number }): Buffer {
  return Buffer.from([family, bits, 0, 0, RT_TABLE_MAIN, RTPROT_BOOT, scope, RTN_UNICAST, 0, 0, 0, 0]);
}
