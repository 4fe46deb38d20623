import { errnoName } from "../system-error.ts";
import {
  attribute,
  decodeAttributes,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_EXCL,
  nested,
  text,
  textOf,
  u8,
  u16,
  u32,
} from "./message.ts";
import type { NetlinkSocket } from "./socket.ts";

const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
const RTM_GETLINK = 18;
const IFF_UP = 1;

const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_LINK = 5;
const IFLA_MASTER = 10;
const IFLA_LINKINFO = 18;
const IFLA_IFALIAS = 20;
const IFLA_NET_NS_FD = 28;
const IFLA_INFO_KIND = 1;
const IFLA_INFO_DATA = 2;
const IFLA_INFO_SLAVE_KIND = 4;
const IFLA_INFO_SLAVE_DATA = 5;
const VETH_INFO_PEER = 1;
const IFLA_BRPORT_MODE = 4;
const IFLA_BRPORT_ISOLATED = 33;
const IFLA_MACVLAN_MODE = 1;
const IFLA_IPVLAN_MODE = 1;

/** A network device as the kernel tells it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** `bridge`, `veth`, `macvlan`…; empty for hardware. */
  readonly kind: string;
  /** `02:42:…` */
  readonly mac: string;
  readonly mtu: number;
  readonly isUp: boolean;
  /** Index of the bridge it is a port of; 0 for none. */
  readonly masterIndex: number;
  /** Free text; tdock's mark on the devices it made. */
  readonly alias: string;
}

/** What may be changed on a device, or set when it is made. */
export interface LinkSettings {
  readonly name?: string;
  readonly mac?: string;
  readonly mtu?: number;
  readonly masterIndex?: number;
  readonly alias?: string;
  readonly isUp?: boolean;
  /** Descriptor of the network namespace that the device is moved to. */
  readonly namespaceFd?: number;
}

/** The device with this name, or `undefined`. */
export function findLink(socket: NetlinkSocket, name: string): Link | undefined {
  try {
    const request = {
      type: RTM_GETLINK,
      flags: 0,
      payload: Buffer.concat([header(0), attribute(IFLA_IFNAME, text(name))]),
    };
    const [payload] = socket.ask(request, `look up device ${name}`);
    return payload === undefined ? undefined : decodeLink(payload);
  } catch (error) {
    if (errnoName(error) === "ENODEV") return undefined;
    throw error;
  }
}

/** All devices of the socket's namespace. */
export function listLinks(socket: NetlinkSocket): Link[] {
  return socket.ask({ type: RTM_GETLINK, flags: NLM_F_DUMP, payload: header(0) }, "list devices").map(decodeLink);
}

export interface VethRequest {
  readonly name: string;
  readonly settings: LinkSettings;
  readonly peer: LinkSettings;
}

/** Makes a pair of devices; what goes in at one end comes out at the other. */
export function createVeth(socket: NetlinkSocket, { name, settings, peer }: VethRequest): void {
  const data = attribute(VETH_INFO_PEER | 0x8000, linkBody(0, peer));
  create(socket, { ...settings, name }, "veth", data);
}

export function createBridge(socket: NetlinkSocket, name: string, settings: LinkSettings): void {
  create(socket, { ...settings, name }, "bridge");
}

export interface SubInterfaceRequest {
  readonly kind: "macvlan" | "ipvlan";
  /** The number that the kernel's header gives the mode. */
  readonly mode: number;
  readonly parentIndex: number;
  readonly settings: LinkSettings;
}

/** Makes a device that shares the hardware of its parent. */
export function createSubInterface(socket: NetlinkSocket, request: SubInterfaceRequest): void {
  const { kind, mode, parentIndex, settings } = request;
  const data = kind === "macvlan" ? attribute(IFLA_MACVLAN_MODE, u32(mode)) : attribute(IFLA_IPVLAN_MODE, u16(mode));
  create(socket, settings, kind, data, attribute(IFLA_LINK, u32(parentIndex)));
}

/** Changes a device. */
export function changeLink(socket: NetlinkSocket, index: number, settings: LinkSettings): void {
  socket.change({ type: RTM_NEWLINK, flags: 0, payload: linkBody(index, settings) }, `change device ${index}`);
}

/** What a port of a bridge may do beyond passing frames on to all others. */
export interface BridgePort {
  /** It sends nothing to other ports that are isolated too. */
  readonly isIsolated: boolean;
  /** Frames may leave by the port that they came in at: needed to reach oneself through an address of the host. */
  readonly isHairpin: boolean;
}

export function setBridgePort(socket: NetlinkSocket, index: number, { isIsolated, isHairpin }: BridgePort): void {
  const slave = nested(
    IFLA_INFO_SLAVE_DATA,
    attribute(IFLA_BRPORT_MODE, u8(isHairpin ? 1 : 0)),
    attribute(IFLA_BRPORT_ISOLATED, u8(isIsolated ? 1 : 0)),
  );
  const info = nested(IFLA_LINKINFO, attribute(IFLA_INFO_SLAVE_KIND, text("bridge")), slave);
  const payload = Buffer.concat([header(index), info]);
  socket.change({ type: RTM_NEWLINK, flags: 0, payload }, `change bridge port ${index}`);
}

/** Removes a device without holding up the main thread; answers whether it was there. */
export async function deleteLink(socket: NetlinkSocket, name: string): Promise<boolean> {
  const payload = Buffer.concat([header(0), attribute(IFLA_IFNAME, text(name))]);
  try {
    await socket.changeLater({ type: RTM_DELLINK, flags: 0, payload }, `remove device ${name}`);
    return true;
  } catch (error) {
    if (errnoName(error) === "ENODEV") return false;
    throw error;
  }
}

function create(socket: NetlinkSocket, settings: LinkSettings, kind: string, data?: Buffer, extra?: Buffer): void {
  const info = [attribute(IFLA_INFO_KIND, text(kind)), ...(data === undefined ? [] : [nested(IFLA_INFO_DATA, data)])];
  const parts = [linkBody(0, settings), nested(IFLA_LINKINFO, ...info), ...(extra === undefined ? [] : [extra])];
  const flags = NLM_F_CREATE | NLM_F_EXCL;
  const operation = `create ${kind} device ${settings.name ?? ""}`;
  socket.change({ type: RTM_NEWLINK, flags, payload: Buffer.concat(parts) }, operation);
}

function linkBody(index: number, settings: LinkSettings): Buffer {
  const parts = [header(index, settings.isUp)];
  if (settings.name !== undefined) parts.push(attribute(IFLA_IFNAME, text(settings.name)));
  if (settings.mac !== undefined) parts.push(attribute(IFLA_ADDRESS, encodeMac(settings.mac)));
  if (settings.mtu !== undefined) parts.push(attribute(IFLA_MTU, u32(settings.mtu)));
  if (settings.masterIndex !== undefined) parts.push(attribute(IFLA_MASTER, u32(settings.masterIndex)));
  if (settings.alias !== undefined) parts.push(attribute(IFLA_IFALIAS, text(settings.alias)));
  if (settings.namespaceFd !== undefined) parts.push(attribute(IFLA_NET_NS_FD, u32(settings.namespaceFd)));
  return Buffer.concat(parts);
}

/** struct ifinfomsg */
function header(index: number, isUp?: boolean): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(index, 4);
  if (isUp === undefined) return bytes;
  bytes.writeUInt32LE(isUp ? IFF_UP : 0, 8);
  bytes.writeUInt32LE(IFF_UP, 12);
  return bytes;
}

function decodeLink(payload: Buffer): Link {
  const attributes = decodeAttributes(payload.subarray(16));
  const info = decodeAttributes(attributes.get(IFLA_LINKINFO) ?? Buffer.alloc(0));
  return {
    index: payload.readInt32LE(4),
    name: textOf(attributes.get(IFLA_IFNAME)),
    kind: textOf(info.get(IFLA_INFO_KIND)),
    mac: decodeMac(attributes.get(IFLA_ADDRESS)),
    mtu: attributes.get(IFLA_MTU)?.readUInt32LE(0) ?? 0,
    isUp: (payload.readUInt32LE(8) & IFF_UP) !== 0,
    masterIndex: attributes.get(IFLA_MASTER)?.readUInt32LE(0) ?? 0,
    alias: textOf(attributes.get(IFLA_IFALIAS)),
  };
}

function encodeMac(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(":", ""), "hex");
}

function decodeMac(bytes: Buffer | undefined): string {
  return bytes === undefined ? "" : (bytes.toString("hex").match(/../g)?.join(":") ?? "");
}
