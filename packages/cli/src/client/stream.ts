import type { EndpointShape, Input } from "@tdock/api/endpoint";
import { encodeRequest } from "@tdock/api/request";
import type { Client } from "./client.ts";
import { type SendOptions, send } from "./send.ts";

/** Calls an endpoint whose reply is a stream; gives it when the head is there. Throws the engine's error. */
export async function openStream<const E extends EndpointShape>(
  client: Client,
  endpoint: E,
  input: Input<E>,
  options?: Pick<SendOptions, "signal">,
): Promise<ReadableStream<Uint8Array>> {
  return bodyOf(await send(client, encodeRequest(endpoint, input), options));
}

/** A reply's body; nothing comes of a reply that has none. */
export function bodyOf(reply: Response): ReadableStream<Uint8Array> {
  return reply.body ?? new ReadableStream({ start: (controller) => controller.close() });
}
