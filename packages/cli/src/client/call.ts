import type { EndpointShape, Input, ReplyOf } from "@tdock/api/endpoint";
import { encodeRequest } from "@tdock/api/request";
import { parseJson } from "../terminal/template/json.ts";
import type { Client } from "./client.ts";
import { textOf } from "./reply-body.ts";
import { type SendOptions, send } from "./send.ts";

/**
 * Calls an endpoint and gives its JSON reply; `undefined` when it has none. Numbers that a double does not hold come
 * as bigint. Throws the engine's error as TdockError, `unavailable` when there is no engine.
 */
export async function call<const E extends EndpointShape>(
  client: Client,
  endpoint: E,
  input: Input<E>,
  options?: Pick<SendOptions, "signal">,
): Promise<ReplyOf<E>> {
  const text = await textOf(await send(client, encodeRequest(endpoint, input), options));
  return (text.trim() === "" ? undefined : parseJson(text)) as ReplyOf<E>;
}

/** As {@link call}, and tells 304 (nothing to do) from success. */
export async function callForChange<const E extends EndpointShape>(
  client: Client,
  endpoint: E,
  input: Input<E>,
): Promise<"changed" | "not-modified"> {
  const reply = await send(client, encodeRequest(endpoint, input));
  await textOf(reply);
  return reply.status === 304 ? "not-modified" : "changed";
}
