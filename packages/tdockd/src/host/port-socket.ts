import { closeSync } from "node:fs";
import { check, libc } from "./libc.ts";
import { AF_INET, AF_INET6, addressFamily, encodeAddress } from "./netlink/address-bytes.ts";
import { u32 } from "./netlink/message.ts";
import { errnoName } from "./system-error.ts";

const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

export interface PortAddress {
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  /** 0: one that is free, of the kernel's choice. */
  readonly port: number;
}

/** A port that is kept from everyone else on the host; it neither listens nor answers. */
export interface HeldPort extends Disposable {
  readonly port: number;
}

/**
 * Binds a port without listening on it. While it is held nobody else can bind it, and the kernel's refusal tells,
 * without a race, that somebody already has. Throws with reason `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`.
 */
export function holdPort(wanted: PortAddress): HeldPort {
  const { fd, port } = bindPort(wanted);
  return { port, [Symbol.dispose]: () => closeSync(fd) };
}

export interface BoundPort {
  readonly fd: number;
  readonly port: number;
}

/** As `holdPort`, for whoever goes on with the descriptor and closes it. */
export function bindPort(wanted: PortAddress): BoundPort {
  const family = addressFamily(wanted.address);
  const type = (wanted.protocol === "tcp" ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC;
  const fd = check(libc.socket(family, type, 0), `open a ${wanted.protocol} socket`);
  try {
    if (family === AF_INET6) check(libc.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, u32(1), 4), "keep a port to IPv6");
    const address = encodeSocketAddress(wanted);
    check(libc.bind(fd, address, address.length), `bind ${wanted.protocol} ${wanted.address}:${wanted.port}`);
    return { fd, port: boundPort(fd) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** A TCP connection that is being made, for whoever goes on with the descriptor and closes it; waits for nobody. */
export function startConnection(to: Omit<PortAddress, "protocol">): number {
  const type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
  const fd = check(libc.socket(addressFamily(to.address), type, 0), "open a tcp socket");
  try {
    const address = encodeSocketAddress(to);
    check(libc.connect(fd, address, address.length), `connect to ${to.address}:${to.port}`);
  } catch (error) {
    if (errnoName(error) === "EINPROGRESS") return fd;
    closeSync(fd);
    throw error;
  }
  return fd;
}

/** struct sockaddr_in, struct sockaddr_in6 */
function encodeSocketAddress({ address, port }: Omit<PortAddress, "protocol">): Buffer {
  const family = addressFamily(address);
  const bytes = Buffer.alloc(family === AF_INET ? 16 : 28);
  bytes.writeUInt16LE(family, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(encodeAddress(address), family === AF_INET ? 4 : 8);
  return bytes;
}

function boundPort(fd: number): number {
  const address = Buffer.alloc(28);
  check(libc.getsockname(fd, address, [address.length]), "read a socket's address");
  return address.readUInt16BE(2);
}
