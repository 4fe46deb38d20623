import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Upgrade } from "@tdock/api/output";
import { compareVersions } from "@tdock/api/version";
import { closeWithPeer } from "./close-with-peer.ts";
import { acceptWebSocket } from "./web-socket.ts";
import { writeHead } from "./write-head.ts";

/** A connection that may be taken over, whether or not the client asked with an `Upgrade` header. */
export interface Connection {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** Present when the client sent no `Upgrade` header, and Node still treats the request as an ordinary one. */
  readonly response: ServerResponse | undefined;
}

/**
 * The hijack protocol of engine-api: `101 UPGRADED` when the client asked for it, else a 200 with the raw stream
 * behind it. Multiplexed content type from API 1.42 on, and only with 101.
 */
export function createUpgrade(connection: Connection, apiVersion: string): Upgrade {
  const { request, socket, response } = connection;
  return {
    apiVersion,
    accept(framed, headers = {}) {
      if (response !== undefined) detachParser(response, request);
      socket.on("error", () => socket.destroy());
      closeWithPeer(socket);
      const asked = request.headers.upgrade !== undefined;
      const type = asked && framed && compareVersions(apiVersion, "1.42") >= 0 ? "multiplexed" : "raw";
      const lines = [
        asked ? "HTTP/1.1 101 UPGRADED" : "HTTP/1.1 200 OK",
        `Content-Type: application/vnd.docker.${type}-stream`,
        ...(asked ? ["Connection: Upgrade", "Upgrade: tcp"] : []),
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ];
      socket.write(`${lines.join("\r\n")}\r\n\r\n`);
      return socket;
    },
    acceptHttp2() {
      socket.on("error", () => socket.destroy());
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
      return socket;
    },
    acceptWebSocket: () => acceptWebSocket(connection),
    reply(status) {
      if (response === undefined) socket.end(`HTTP/1.1 ${status} OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      else writeHead(response, status).end();
    },
  };
}

/**
 * Without an `Upgrade` header Node would parse what follows the request as the next one. A `data` listener of our own
 * makes Node give up reading from the handle natively; removing its listeners then leaves the parser unfed.
 */
function detachParser(response: ServerResponse, request: IncomingMessage): void {
  const { socket } = request;
  response.detachSocket(socket);
  socket.pause();
  socket.on("data", ignore).off("data", ignore);
  for (const event of ["data", "end", "close", "drain", "timeout", "error"]) socket.removeAllListeners(event);
  socket.setTimeout(0);
}

function ignore(): void {}
