import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WireRequest } from "@tdock/api/request";
import { compareVersions, minApiVersion } from "@tdock/api/version";
import { addressOf, type Client } from "./client.ts";
import { connectError, replyError } from "./reply-error.ts";

/** What came back: a reply whose body is still to be read, or the raw connection of a hijack. */
export interface Reply {
  readonly message: IncomingMessage;
  /** Present when the engine switched protocols (status 101). */
  readonly socket?: Duplex;
  /** Bytes of the connection that arrived together with the head. */
  readonly head?: Buffer;
}

export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  /** Ask the engine to turn the connection into a raw one. */
  readonly upgrade?: boolean;
}

/**
 * Sends a request under the client's API version and gives the reply when its head is there. An engine that is too
 * old for the version says so at once (400 and its own version in a header): the request is then sent again in that
 * version, so that no question has to be asked before each first request.
 * Throws the engine's error as TdockError, `unavailable` when there is no engine.
 */
export async function send(client: Client, wire: WireRequest, options: SendOptions = {}): Promise<Reply> {
  // A body that is a stream can be sent only once: the version has to be right.
  if (typeof wire.body === "object" && !client.isAgreed) await agreeOnVersion(client);
  const reply = await sendOnce(client, wire, options);
  const { statusCode = 0 } = reply.message;
  if (statusCode === 101 || (statusCode >= 200 && statusCode < 400)) {
    client.isAgreed = true;
    return reply;
  }
  if (typeof wire.body === "object" || !lowerVersion(client, reply)) throw await replyError(reply.message);
  reply.message.resume();
  return send(client, wire, options);
}

async function agreeOnVersion(client: Client): Promise<void> {
  const { message } = await send(client, { method: "HEAD", target: "/_ping", headers: {}, body: undefined });
  message.resume();
}

/** Takes the engine's version over when it says that ours is too new for it. */
function lowerVersion(client: Client, { message }: Reply): boolean {
  const offered = message.headers["api-version"];
  if (message.statusCode !== 400 || typeof offered !== "string" || client.isPinned) return false;
  if (compareVersions(offered, client.apiVersion) >= 0 || compareVersions(offered, minApiVersion) < 0) return false;
  client.apiVersion = offered;
  return true;
}

function sendOnce(client: Client, wire: WireRequest, { signal, upgrade }: SendOptions): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const address = addressOf(client);
    const request = httpRequest({
      ...address,
      ...(signal !== undefined && { signal }),
      method: wire.method,
      path: `/v${client.apiVersion}${wire.target}`,
      headers: { ...address.headers, ...wire.headers, ...(upgrade && { connection: "Upgrade", upgrade: "tcp" }) },
    });
    request.once("response", (message) => resolve({ message }));
    request.once("upgrade", (message, socket, head) => resolve({ message, socket, head }));
    request.once("error", (error) => reject(connectError(client.host, error)));
    writeBody(request, wire.body, reject);
  });
}

function writeBody(request: ClientRequest, body: WireRequest["body"], reject: (error: unknown) => void): void {
  if (typeof body !== "object") {
    request.setHeader("content-length", body === undefined ? 0 : Buffer.byteLength(body));
    request.end(body);
    return;
  }
  writeChunks(request, body).catch((error: unknown) => {
    request.destroy();
    reject(error);
  });
}

async function writeChunks(request: ClientRequest, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of body) {
    if (request.destroyed) return;
    if (!request.write(chunk)) await drained(request);
  }
  request.end();
}

/** Waits for room, or for the end of the request: the engine may answer without having read all. */
function drained(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      request.off("drain", done).off("close", done);
      resolve();
    };
    request.once("drain", done).once("close", done);
  });
}
