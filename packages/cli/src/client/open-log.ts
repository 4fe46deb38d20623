import { containerInspect, containerLogs } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { encodeRequest } from "@tdock/api/request";
import { call } from "./call.ts";
import type { Client } from "./client.ts";
import { isFramed } from "./framing.ts";
import { bodyOf } from "./reply-body.ts";
import { type SendOptions, send } from "./send.ts";

/** A container's log as it arrives. */
export interface OpenLog {
  readonly stream: AsyncIterable<Uint8Array>;
  /** Whether it comes in 8-byte frames; else all of it is standard output. */
  readonly framed: boolean;
}

/** Opens a container's log. Throws the engine's error. */
export async function openLog(
  client: Client,
  query: Input<typeof containerLogs>,
  options?: Pick<SendOptions, "signal">,
): Promise<OpenLog> {
  const reply = await send(client, encodeRequest(containerLogs, { ...query, wideFrames: true }), options);
  const hasTerminal = async () => (await call(client, containerInspect, { id: query.id })).Config?.Tty ?? false;
  return { stream: bodyOf(reply), framed: isFramed(client, reply.headers) ?? !(await hasTerminal()) };
}
