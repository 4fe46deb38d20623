import type { EndpointShape, Input } from "@tdock/api/endpoint";
import { encodeRequest } from "@tdock/api/request";
import type { Client } from "./client.ts";
import { bodyOf } from "./reply-body.ts";
import { type SendOptions, send } from "./send.ts";

/** Calls an endpoint whose reply is a stream; gives it when the head is there. Throws the engine's error. */
export async function openStream<const E extends EndpointShape>(
  client: Client,
  endpoint: E,
  input: Input<E>,
  options?: Pick<SendOptions, "signal">,
): Promise<AsyncIterable<Uint8Array>> {
  return bodyOf(await send(client, encodeRequest(endpoint, input), options));
}
