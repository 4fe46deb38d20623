import type { IncomingMessage } from "node:http";
import { containerInspect, containerLogs } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { call } from "./call.ts";
import type { Client } from "./client.ts";
import { isFramed } from "./framing.ts";
import type { SendOptions } from "./send.ts";
import { openStream } from "./stream.ts";

/** A container's log as it arrives. */
export interface OpenLog {
  readonly stream: IncomingMessage;
  /** Whether it comes in 8-byte frames; else all of it is standard output. */
  readonly framed: boolean;
}

/** Opens a container's log. Throws the engine's error. */
export async function openLog(
  client: Client,
  query: Input<typeof containerLogs>,
  options?: Pick<SendOptions, "signal">,
): Promise<OpenLog> {
  const stream = await openStream(client, containerLogs, query, options);
  const hasTerminal = async () => (await call(client, containerInspect, { id: query.id })).Config?.Tty ?? false;
  return { stream, framed: isFramed(client, stream) ?? !(await hasTerminal()) };
}
