import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Output, OutputHead } from "@tdock/api/output";
import { clientGone } from "./client-gone.ts";
import { writeHead } from "./write-head.ts";

/** The response as a stream handler sees it. */
export function createOutput(request: IncomingMessage, response: ServerResponse, apiVersion: string): Output {
  const gone = clientGone(response);
  response.on("error", () => {});
  // Replies are small and a client waits for each: never hold them back.
  request.socket.setNoDelay?.(true);

  const begin = (head: OutputHead = {}) => {
    if (response.headersSent) return;
    writeHead(response, head.status ?? 200, {
      "content-type": head.contentType ?? "application/json",
      ...head.headers,
    });
    response.flushHeaders();
  };
  return {
    signal: gone,
    apiVersion,
    begin,
    write(chunk) {
      if (gone.aborted) return Promise.reject(gone.reason);
      begin();
      return response.write(chunk) ? Promise.resolve() : drained(response, gone);
    },
    async pipe(source) {
      begin();
      try {
        if ("pipeTo" in source) await source.pipeTo(response, gone);
        else await pipeline(source, response, { end: false, signal: gone });
      } catch (thrown) {
        // However the break shows in the stream: the client's going is no failure of ours.
        throw gone.aborted ? gone.reason : thrown;
      }
    },
  };
}

function drained(response: ServerResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      response.off("drain", settle);
      gone.removeEventListener("abort", settle);
      if (gone.aborted) reject(gone.reason);
      else resolve();
    };
    response.once("drain", settle);
    gone.addEventListener("abort", settle, { once: true });
  });
}
