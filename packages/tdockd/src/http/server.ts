import { createServer, type IncomingMessage, type Server, ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { decodeRequest } from "@tdock/api/request";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { spendBuffers } from "../host/spent-buffers.ts";
import { readJsonBody } from "./body.ts";
import { clientGone } from "./client-gone.ts";
import { errorBody, sendError } from "./errors.ts";
import { createOutput } from "./output.ts";
import type { Route } from "./route.ts";
import { createRouter, type Match } from "./router.ts";
import { createUpgrade } from "./upgrade.ts";
import { writeHead } from "./write-head.ts";

/**
 * The Engine API over HTTP: every request is routed, decoded, answered, and every error turned into a status here.
 * The server is returned without listening.
 */
export function createApiServer(engine: Engine, routes: readonly Route[]): Server {
  const router = createRouter(routes);
  // Uploads and attached streams may last for hours: only the head of a request has a deadline.
  const server = createServer({
    maxHeaderSize: 1 << 20,
    requestTimeout: 0,
    headersTimeout: 60_000,
    keepAliveTimeout: 60_000,
  });

  server.on("request", (request, response) => {
    logAnswer(engine, request, response);
    response.on("error", () => {});
    answer(engine, router, request, response).catch((thrown) => {
      logUnexpected(engine, request, thrown);
      sendError(response, thrown);
    });
  });
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    if (head.length > 0) socket.unshift(head);
    upgrade(engine, router, request, socket).catch((thrown) => {
      logUnexpected(engine, request, thrown);
      const { status, body } = errorBody(thrown);
      socket.end(
        `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Error"}\r\nContent-Type: application/json\r\nConnection: close\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
  });
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    else socket.destroy();
  });
  return server;
}

async function answer(
  engine: Engine,
  router: ReturnType<typeof createRouter>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === "OPTIONS") {
    writeHead(response, 200).end();
    return;
  }
  const { match, query } = locate(router, request);
  const { endpoint, answer } = match.route;
  if (answer.kind === "hijack") {
    const input = await decode(match, query, request);
    await answer.run(engine, input, createUpgrade({ request, socket: request.socket, response }, match.apiVersion));
    return;
  }
  const input = await decode(match, query, request);
  if (answer.kind === "stream") {
    await answer.run(engine, input, createOutput(request, response, match.apiVersion));
    if (!response.headersSent) writeHead(response, endpoint.status ?? 200, { "content-type": "application/json" });
    response.end();
    return;
  }
  sendJson(response, endpoint.status, await answer.run(engine, input, clientGone(response)));
}

/**
 * From Node 26 on the body of a request that asks for an upgrade is parsed, and the socket starts behind it: with what
 * the client has sent there already.
 */
async function upgrade(
  engine: Engine,
  router: ReturnType<typeof createRouter>,
  request: IncomingMessage,
  socket: Duplex,
): Promise<void> {
  const { match, query } = locate(router, request);
  const { answer } = match.route;
  if (answer.kind !== "hijack") return answerWithoutUpgrade(engine, router, request, socket);
  const input = await decode(match, query, request);
  await answer.run(engine, input, createUpgrade({ request, socket, response: undefined }, match.apiVersion));
}

/** A client that offers an upgrade where none is served gets the ordinary answer, as RFC 9110 7.8 allows. */
async function answerWithoutUpgrade(
  engine: Engine,
  router: ReturnType<typeof createRouter>,
  request: IncomingMessage,
  socket: Duplex,
): Promise<void> {
  const response = new ServerResponse(request);
  response.assignSocket(socket as never);
  response.shouldKeepAlive = false;
  response.once("finish", () => socket.end());
  try {
    await answer(engine, router, request, response);
  } catch (thrown) {
    sendError(response, thrown);
  }
}

function locate(router: ReturnType<typeof createRouter>, request: IncomingMessage) {
  const target = request.url ?? "/";
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1));
  return { match: router(request.method ?? "GET", path), query };
}

async function decode(match: Match, query: URLSearchParams, request: IncomingMessage): Promise<never> {
  const { endpoint } = match.route;
  const { headers } = request;
  let body: string | AsyncIterable<Uint8Array> | undefined;
  if (endpoint.bodyStream) body = bytesOf(request);
  else if (endpoint.body !== undefined) body = await readJsonBody(request);
  else request.resume();
  return decodeRequest(endpoint, { params: match.params, query, headers, body }) as never;
}

/** Whoever stops reading early does not close the connection: the answer that says why still has to go out. */
async function* bytesOf(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    yield chunk;
    spendBuffers(chunk.length);
  }
}

function sendJson(response: ServerResponse, status: number | undefined, result: unknown): void {
  if (result === undefined) {
    writeHead(response, status ?? 204).end();
    return;
  }
  const body = `${JSON.stringify(result)}\n`;
  writeHead(response, status ?? 200, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

/** With the log level `debug`, every request with its status and how long it took, in milliseconds. */
function logAnswer({ log }: Engine, { method, url }: IncomingMessage, response: ServerResponse): void {
  if (!log.isLevelEnabled("debug")) return;
  const began = performance.now();
  response.once("close", () => {
    const ms = Math.round((performance.now() - began) * 10) / 10;
    log.debug({ method, url, status: response.statusCode, ms }, "answered");
  });
}

/** Only what is our fault is logged: a client's mistake is told to the client. */
function logUnexpected(engine: Engine, request: IncomingMessage, thrown: unknown): void {
  const error = TdockError.from(thrown);
  if (error.code !== "internal") return;
  engine.log.error({ method: request.method, url: request.url, err: error.cause ?? error }, "request failed");
}
