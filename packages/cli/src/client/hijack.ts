import type { Duplex } from "node:stream";
import type { EndpointShape, Input } from "@tdock/api/endpoint";
import { encodeRequest } from "@tdock/api/request";
import { TdockError } from "@tdock/errors/error";
import type { Client } from "./client.ts";
import { isFramed } from "./framing.ts";
import { send } from "./send.ts";

/** A connection that has become a raw two-way stream. */
export interface Hijacked {
  readonly socket: Duplex;
  /** Whether the engine sends 8-byte frames; undefined when an engine older than 1.42 does not say. */
  readonly framed: boolean | undefined;
}

/**
 * Opens an endpoint of kind `hijack`. Bytes that came with the head are pushed back: reading starts with them.
 * Throws the engine's error; `internal` when it answers without switching protocols.
 */
export async function hijack<const E extends EndpointShape>(
  client: Client,
  endpoint: E,
  input: Input<E>,
): Promise<Hijacked> {
  const { message, socket, head } = await send(client, encodeRequest(endpoint, input), { upgrade: true });
  if (socket === undefined) {
    message.destroy();
    throw new TdockError("internal", `unable to upgrade to tcp, received ${message.statusCode}`);
  }
  if (head !== undefined && head.length > 0) socket.unshift(head);
  return { socket, framed: isFramed(client, message) };
}
