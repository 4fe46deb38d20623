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
