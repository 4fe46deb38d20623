import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, isIPv6, Socket } from "node:net";
import { TdockError } from "@tdock/errors/error";
import { enterNamespace } from "../../host/netns.ts";
import { bindPort, startConnection } from "../../host/port-socket.ts";
import { rcode } from "./answer.ts";

const dnsPort = 53;
const timeoutMs = 2500;
/** SERVFAIL and REFUSED: another server may know better, as Docker's and the C library's resolvers have it. */
const failures: readonly number[] = [rcode.serverFailure, rcode.refused];

/** A DNS server to ask. */
export interface Upstream {
  /** `address` or `address#port` */
  readonly server: string;
  /** Path of the network namespace to ask it from; the host's where none is given. */
  readonly namespace?: string;
}

export interface ForwardRequest {
  readonly query: Buffer;
  /** Asked one after another until one answers. */
  readonly servers: readonly Upstream[];
  readonly transport: "udp" | "tcp";
  readonly signal: AbortSignal;
}

/**
 * Hands a query on, byte by byte but for its id, and answers with the bytes of the first server that has an answer; of
 * the first that says why not, where none has. Throws `unavailable` when none replies.
 */
export async function forwardQuery({ query, servers, transport, signal }: ForwardRequest): Promise<Buffer> {
  let failure: Buffer | undefined;
  for (const upstream of servers) {
    const ask = transport === "udp" ? askByUdp : askByTcp;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    // What fails at once was refused, or its container has gone.
    const reply = await ask(withId(query, randomInt(0x10000)), upstream, limit).catch(() => undefined);
    if (reply !== undefined && !failures.includes(codeOf(reply))) return withId(reply, query.readUInt16BE(0));
    failure ??= reply;
    if (signal.aborted) break;
  }
  if (failure !== undefined) return withId(failure, query.readUInt16BE(0));
  const asked = servers.map(({ server }) => server).join(", ");
  throw new TdockError("unavailable", `no DNS server answered: ${asked || "none is known"}`);
}

function askByUdp(query: Buffer, { server, namespace }: Upstream, signal: AbortSignal): Promise<Buffer | undefined> {
  const { address, port } = placeOf(server);
  return new Promise((resolve) => {
    const fd = namespace === undefined ? undefined : openUdp(namespace, isIPv6(address) ? "::" : "0.0.0.0");
    // A port of its own for each query: an answer that was not asked for finds nobody.
    const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
    const finish = (reply?: Buffer) => {
      signal.removeEventListener("abort", onAbort);
      socket.removeAllListeners().on("error", () => {});
      socket.close();
      resolve(reply);
    };
    const onAbort = () => finish();
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on("error", () => finish());
    // Without a callback: that would be called for an address that cannot be reached, too.
    socket.once("connect", () => socket.send(query));
    socket.on("message", (reply) => {
      if (reply.length >= 12 && reply.readUInt16BE(0) === query.readUInt16BE(0)) finish(reply);
    });
    if (fd !== undefined) socket.bind({ fd });
    socket.connect(port, address);
  });
}

function openUdp(namespace: string, address: string): number {
  return enterNamespace(namespace, () => bindPort({ protocol: "udp", address, port: 0 })).fd;
}

function askByTcp(query: Buffer, { server, namespace }: Upstream, signal: AbortSignal): Promise<Buffer | undefined> {
  const { address, port } = placeOf(server);
  return new Promise((resolve) => {
    const socket =
      namespace === undefined
        ? connect({ host: address, port })
        : new Socket({ fd: enterNamespace(namespace, () => startConnection({ address, port })) });
    let received: Buffer = Buffer.alloc(0);
    const finish = (reply?: Buffer) => {
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      resolve(reply);
    };
    const onAbort = () => finish();
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on("error", () => finish());
    socket.on("close", () => finish());
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const length = received.length < 2 ? Number.POSITIVE_INFINITY : received.readUInt16BE(0);
      if (received.length >= length + 2) finish(received.subarray(2, length + 2));
    });
    socket.write(framed(query));
  });
}

/** DNS over TCP puts the length before each message (RFC 1035, 4.2.2). */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

function placeOf(server: string): { address: string; port: number } {
  const [address = "", port] = server.split("#");
  return { address, port: port === undefined ? dnsPort : Number(port) };
}

/** In the low bits of the header's fourth byte. */
function codeOf(reply: Buffer): number {
  return (reply[3] ?? 0) & 0x0f;
}

function withId(message: Buffer, id: number): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt16BE(id);
  return copy;
}
