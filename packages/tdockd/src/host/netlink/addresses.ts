import { addressFamily, decodeAddress, encodeAddress } from "./address-bytes.ts";
import { attribute, decodeAttributes, NLM_F_CREATE, NLM_F_DUMP, NLM_F_REPLACE, u32 } from "./message.ts";
import type { NetlinkSocket } from "./socket.ts";

const RTM_NEWADDR = 20;
const RTM_GETADDR = 22;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_BROADCAST = 4;
const IFA_FLAGS = 8;
/** No duplicate address detection: the address is usable at once, and IPAM has already seen to it being the only one. */
const IFA_F_NODAD = 2;

export interface DeviceAddress {
  readonly deviceIndex: number;
  readonly address: string;
  readonly prefixLength: number;
}

/** Gives a device an address; that it has it already is no error. */
export function addAddress(socket: NetlinkSocket, { deviceIndex, address, prefixLength }: DeviceAddress): void {
  const bytes = encodeAddress(address);
  const parts = [
    header(addressFamily(address), prefixLength, deviceIndex),
    attribute(IFA_LOCAL, bytes),
    attribute(IFA_ADDRESS, bytes),
    attribute(IFA_FLAGS, u32(IFA_F_NODAD)),
  ];
  if (bytes.length === 4 && prefixLength < 31) parts.push(attribute(IFA_BROADCAST, broadcast(bytes, prefixLength)));
  const flags = NLM_F_CREATE | NLM_F_REPLACE;
  socket.change({ type: RTM_NEWADDR, flags, payload: Buffer.concat(parts) }, `add address ${address}/${prefixLength}`);
}

/** All addresses of the socket's namespace. */
export function listAddresses(socket: NetlinkSocket): DeviceAddress[] {
  const request = { type: RTM_GETADDR, flags: NLM_F_DUMP, payload: header(0, 0, 0) };
  return socket.ask(request, "list addresses").flatMap((payload) => {
    const attributes = decodeAttributes(payload.subarray(8));
    const bytes = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS);
    if (bytes === undefined) return [];
    return [
      { deviceIndex: payload.readUInt32LE(4), address: decodeAddress(bytes), prefixLength: payload[1] as number },
    ];
  });
}

/** struct ifaddrmsg */
function header(family: number, prefixLength: number, deviceIndex: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes[0] = family;
  bytes[1] = prefixLength;
  bytes.writeUInt32LE(deviceIndex, 4);
  return bytes;
}

function broadcast(address: Buffer, prefixLength: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE((address.readUInt32BE() | (0xffffffff >>> prefixLength)) >>> 0);
  return bytes;
}
