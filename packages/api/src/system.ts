import type { SystemInfo as DockersInfo, EventMessage, SystemVersion } from "@docker/node-sdk";
import { endpoint, reply } from "./endpoint.ts";
import { filters, text } from "./query.ts";

export type { EventMessage, SystemVersion } from "@docker/node-sdk";

export interface SystemInfo extends DockersInfo {
  /** Ours: path of the Unix socket, on the engine's machine, that the API is served on. */
  ApiSocket?: string;
}

export const ping = endpoint({ kind: "stream", method: "GET", path: "/_ping" });
export const pingHead = endpoint({ kind: "stream", method: "HEAD", path: "/_ping" });
export const systemVersion = endpoint({
  kind: "json",
  method: "GET",
  path: "/version",
  reply: reply<SystemVersion>(),
});
export const systemInfo = endpoint({ kind: "json", method: "GET", path: "/info", reply: reply<SystemInfo>() });

/** One JSON object a line: {@link EventMessage}. */
export const systemEvents = endpoint({
  kind: "stream",
  method: "GET",
  path: "/events",
  query: { since: text, until: text, filters },
  reply: reply<EventMessage>(),
});
