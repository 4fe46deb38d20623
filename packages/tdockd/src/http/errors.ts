import type { ServerResponse } from "node:http";
import { TdockError } from "@tdock/errors/error";
import { httpStatus } from "@tdock/errors/http";

/** An error as Docker's clients read it, with tdock's `reason` beside the message when there is one. */
export function errorBody(thrown: unknown): { status: number; body: string } {
  const error = TdockError.from(thrown);
  return {
    status: httpStatus[error.code],
    body: `${JSON.stringify({ message: error.message, reason: error.reason, code: error.code })}\n`,
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
    response.writeHead(304).end();
    return;
  }
  const isUnread = !response.req.complete;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    // The rest of a body that nobody reads must not be taken for the next request.
    ...(isUnread && { connection: "close" }),
  });
  response.end(body);
  if (isUnread) response.req.resume();
}
