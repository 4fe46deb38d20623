import type { ServerResponse } from "node:http";
import { TdockError } from "@tdock/errors/error";

/** Fires, with `canceled`, when the client goes away before the whole answer is out. */
export function clientGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => {
    // Made for each request, an error and its stack would cost as much as a small answer.
    if (!response.writableFinished) gone.abort(new TdockError("canceled", "the client is gone"));
  });
  return gone.signal;
}
