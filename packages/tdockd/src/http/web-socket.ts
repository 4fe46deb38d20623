import type { Duplex } from "node:stream";
import { TdockError } from "@tdock/errors/error";
import { createWebSocketStream, WebSocketServer } from "ws";
import type { Connection } from "./upgrade.ts";

/** Messages longer than this end the connection: input is read piece by piece. */
const maxMessageBytes = 1 << 20;

const server = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false });

/**
 * Does the handshake of RFC 6455. The stream's end closes the websocket, and the client's close ends the stream.
 * Throws `invalid-argument` for a request that asks for no websocket.
 */
export async function acceptWebSocket({ request, socket, response }: Connection): Promise<Duplex> {
  if (response !== undefined || request.headers.upgrade?.toLowerCase() !== "websocket") {
    throw new TdockError(
      "invalid-argument",
      "a websocket is served here: the request must ask for `Upgrade: websocket`",
    );
  }
  return new Promise((resolve, reject) => {
    const gone = () => reject(new TdockError("canceled", "the websocket was closed in its handshake"));
    // A request that is refused is answered and closed without another word.
    socket.once("close", gone);
    if (socket.destroyed) gone();
    server.handleUpgrade(request, socket, Buffer.alloc(0), (webSocket) => {
      const stream = createWebSocketStream(webSocket);
      // A websocket has no half that stays open, and the stream does not notice that nothing can be written any more.
      resolve(stream.once("end", () => stream.destroy()));
    });
  });
}
