import type { EndpointShape, Input } from "@tdock/api/endpoint";
import { encodeRequest, type WireRequest } from "@tdock/api/request";
import { TdockError } from "@tdock/errors/error";
import { authorityOf, type Client, clientHeaders, connectAddress } from "./client.ts";
import { Connection } from "./connection.ts";
import { isFramed } from "./framing.ts";
import { connectError, replyError } from "./reply-error.ts";
import { readReplyHead } from "./reply-head.ts";
import { takeOfferedVersion } from "./send.ts";

/** A connection that has become a raw two-way stream. */
export interface Hijacked {
  readonly socket: Connection;
  /** Whether the engine sends 8-byte frames; undefined when an engine older than 1.42 does not say. */
  readonly framed: boolean | undefined;
  readonly headers: Headers;
}

/**
 * Opens an endpoint of kind `hijack`, as docker/cli `postHijacked` does: `fetch` gives no way to what is under it.
 * Throws the engine's error; `internal` when it answers without switching protocols.
 */
export async function hijack<const E extends EndpointShape>(
  client: Client,
  endpoint: E,
  input: Input<E>,
): Promise<Hijacked> {
  const socket = await connect(client);
  try {
    await socket.write(requestHead(client, encodeRequest(endpoint, input)));
    const reply = await readReplyHead(socket);
    if (reply.status === 101) {
      client.isAgreed = true;
      return { socket, framed: isFramed(client, reply.headers), headers: reply.headers };
    }
    if (reply.status < 400) throw new TdockError("internal", `unable to upgrade to tcp, received ${reply.status}`);
    if (!takeOfferedVersion(client, reply)) throw replyError(reply, await readBody(socket, reply.headers));
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
  socket.destroy();
  return hijack(client, endpoint, input);
}

async function connect(client: Client): Promise<Connection> {
  try {
    return await Connection.open(connectAddress(client));
  } catch (thrown) {
    throw connectError(client.host, thrown);
  }
}

/** The text of an error, which engines send with its length. */
async function readBody(socket: Connection, headers: Headers): Promise<string> {
  const length = Number(headers.get("content-length") ?? 0);
  let body = Buffer.alloc(0);
  while (body.length < length) {
    const chunk = await socket.readChunk();
    if (chunk === undefined) break;
    body = Buffer.concat([body, chunk]);
  }
  return body.toString();
}

function requestHead(client: Client, { method, target, headers, body = "" }: WireRequest): Uint8Array {
  const all = {
    host: authorityOf(client),
    ...clientHeaders,
    ...headers,
    connection: "Upgrade",
    upgrade: "tcp",
    "content-length": String(Buffer.byteLength(body as string)),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} /v${client.apiVersion}${target} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}
