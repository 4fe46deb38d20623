import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, isIPv6, type ListenOptions, type Server, type Socket } from "node:net";
import { framed } from "./forward.ts";

export type Transport = "udp" | "tcp";
/** Answers one message; `undefined` for no answer. Must not throw. */
export type Responder = (query: Buffer, from: string, transport: Transport) => Promise<Buffer | undefined>;

export const dnsPort = 53;
const maxConnections = 256;
const idleMs = 10_000;

/**
 * Listens for DNS queries at one address, by UDP and TCP. Where somebody else has port 53 there, another port is taken,
 * and `ports` says so: then a rule must lead queries to it.
 */
export class DnsListener implements AsyncDisposable {
  readonly address: string;
  readonly ports: Readonly<Record<Transport, number>>;
  readonly #udp: UdpSocket;
  readonly #tcp: Server;

  static async open(address: string, respond: Responder, port = dnsPort): Promise<DnsListener> {
    const udp = await openUdp(address, respond, port);
    try {
      return new DnsListener(address, udp, await openTcp(address, respond, port));
    } catch (error) {
      udp.close();
      throw error;
    }
  }

  /** Listens on sockets that are bound already, wherever that was, and takes them over. */
  static async adopt(address: string, fds: Readonly<Record<Transport, number>>, respond: Responder) {
    const udp = adoptUdp(fds.udp, respond);
    return new DnsListener(address, udp, await adoptTcp(fds.tcp, respond));
  }

  private constructor(address: string, udp: UdpSocket, tcp: Server) {
    this.address = address;
    this.#udp = udp;
    this.#tcp = tcp;
    this.ports = { udp: udp.address().port, tcp: (tcp.address() as { port: number }).port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#udp.close();
    this.#tcp.close();
  }
}

async function openUdp(address: string, respond: Responder, wanted: number): Promise<UdpSocket> {
  const open = async (port: number) => {
    const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
    try {
      socket.bind({ address, port });
      await once(socket, "listening");
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  };
  return answerBy(await orElsewhere(wanted, open), respond);
}

function adoptUdp(fd: number, respond: Responder): UdpSocket {
  const socket = createSocket("udp4");
  // A descriptor is taken over within the call, or refused by it.
  socket.bind({ fd });
  return answerBy(socket, respond);
}

function answerBy(socket: UdpSocket, respond: Responder): UdpSocket {
  socket.on("error", () => {});
  socket.on("message", async (query, { address: from, port }) => {
    const reply = await respond(query, from, "udp");
    // The listener may have been closed while the answer was on its way.
    if (reply !== undefined) trySend(socket, reply, port, from);
  });
  socket.unref();
  return socket;
}

async function openTcp(address: string, respond: Responder, wanted: number): Promise<Server> {
  return orElsewhere(wanted, (port) => listen({ host: address, port }, respond));
}

function adoptTcp(fd: number, respond: Responder): Promise<Server> {
  return listen({ fd }, respond);
}

async function listen(place: ListenOptions & { readonly fd?: number }, respond: Responder): Promise<Server> {
  const server = createServer((socket) => serveConnection(socket, respond));
  server.maxConnections = maxConnections;
  server.listen(place);
  await once(server, "listening");
  server.on("error", () => {});
  server.unref();
  return server;
}

async function orElsewhere<T>(wanted: number, open: (port: number) => Promise<T>): Promise<T> {
  try {
    return await open(wanted);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return open(0);
  }
}

function trySend(socket: UdpSocket, reply: Buffer, port: number, address: string): void {
  try {
    socket.send(reply, port, address, () => {});
  } catch {
    // Closed.
  }
}

/** Queries of one connection are answered in turn. */
async function serveConnection(socket: Socket, respond: Responder): Promise<void> {
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on("error", () => {});
  const from = socket.remoteAddress ?? "";
  let received = Buffer.alloc(0);
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= received.readUInt16BE(0) + 2) {
        const end = received.readUInt16BE(0) + 2;
        const reply = await respond(received.subarray(2, end), from, "tcp");
        received = received.subarray(end);
        if (reply === undefined) return;
        socket.write(framed(reply));
      }
    }
  } catch {
    // The client is gone.
  } finally {
    socket.destroy();
  }
}
