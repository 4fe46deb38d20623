import type { WireRequest } from "@tdock/api/request";
import { compareVersions, minApiVersion } from "@tdock/api/version";
import { type Client, clientHeaders, fetchAddress } from "./client.ts";
import { FileBytes } from "./file-bytes.ts";
import { textOf } from "./reply-body.ts";
import { connectError, replyError } from "./reply-error.ts";

export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends a request under the client's API version and gives the reply when its head is there. An engine that is too
 * old for the version says so at once (400 and its own version in a header): the request is then sent again in that
 * version, so that no question has to be asked before each first request.
 * Throws the engine's error as TdockError, `unavailable` when there is no engine.
 */
export async function send(client: Client, wire: WireRequest, options: SendOptions = {}): Promise<Response> {
  // A body that is a stream can be sent only once: the version has to be right.
  if (typeof wire.body === "object") await agreeOnVersion(client);
  const reply = await sendOnce(client, wire, options);
  if (reply.status >= 200 && reply.status < 400) {
    client.isAgreed = true;
    return reply;
  }
  if (typeof wire.body === "object" || !takeOfferedVersion(client, reply)) {
    throw replyError(reply, await textOf(reply));
  }
  await reply.body?.cancel();
  return send(client, wire, options);
}

/** Asks the engine for its version, unless it has answered before. For what can be sent only once. */
export async function agreeOnVersion(client: Client): Promise<void> {
  if (!client.isAgreed) await send(client, { method: "HEAD", target: "/_ping", headers: {}, body: undefined });
}

/** Takes the engine's version over when its reply is that ours is too new for it: the request can be sent again. */
export function takeOfferedVersion(client: Client, reply: Pick<Response, "status" | "headers">): boolean {
  const offered = reply.headers.get("api-version");
  if (reply.status !== 400 || offered === null || client.isPinned) return false;
  if (compareVersions(offered, client.apiVersion) >= 0 || compareVersions(offered, minApiVersion) < 0) return false;
  client.apiVersion = offered;
  return true;
}

async function sendOnce(client: Client, wire: WireRequest, { signal }: SendOptions): Promise<Response> {
  const { origin, init } = fetchAddress(client);
  try {
    return await fetch(`${origin}/v${client.apiVersion}${wire.target}`, {
      ...init,
      method: wire.method,
      headers: { ...clientHeaders, ...wire.headers },
      ...(wire.body !== undefined && { body: wire.body instanceof FileBytes ? wire.body.file : wire.body }),
      ...(signal !== undefined && { signal }),
    });
  } catch (thrown) {
    throw connectError(client.host, thrown);
  }
}
