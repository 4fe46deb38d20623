import type { IncomingMessage, ServerResponse } from "node:http";
import { TdockError } from "@tdock/errors/error";
import { httpStatus } from "@tdock/errors/http";
import { writeHead } from "./write-head.ts";

/** An error as Docker's clients read it, with tdock's `reason` beside the message when there is one. */
export function errorBody(thrown: unknown): { status: number; body: string } {
  const error = TdockError.from(thrown);
  return {
    status: httpStatus[error.code],
    body: `${JSON.stringify({ message: error.message, reason: error.reason })}\n`,
  };
}

/** Answers a request with an error; when the head is out already, cuts the connection. */
export function sendError(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { status, body } = errorBody(thrown);
  if (status === 304) {
    writeHead(response, 304).end();
    return;
  }
  writeHead(response, status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
  if (!response.req.complete) drain(response.req);
}

const drainMs = 10_000;

/**
 * Lets a client finish sending what nobody wants any more: most read the answer only then, and a connection that is
 * closed before loses it. Whoever takes too long is cut off.
 */
function drain(request: IncomingMessage): void {
  const timer = setTimeout(() => request.destroy(), drainMs);
  request.once("close", () => clearTimeout(timer));
  request.once("end", () => clearTimeout(timer));
  request.on("error", () => {});
  // Whoever still waits for the next bytes gets none: as long as somebody listens for them, `resume` does nothing.
  request.removeAllListeners("readable");
  // And who stops to listen only later would stop the flow, were there nobody for the data.
  request.on("data", () => {});
  setImmediate(() => request.resume());
}
