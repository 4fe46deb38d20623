import type { IncomingMessage, ServerResponse } from "node:http";
import type { OciImage } from "../images/oci-image.ts";

/** One request to the hostile registry, taken apart. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly kind: "manifest" | "blob" | "other";
  readonly repository: string;
  /** The tag or digest asked for. */
  readonly reference: string;
  /** The image that an honest registry would serve. */
  readonly image: OciImage;
  /** How often this very method and path was asked for before. */
  readonly earlier: number;
  /** This registry, and another origin that no credentials may reach, both as URLs. */
  readonly origin: string;
  readonly foreign: string;
}

/** How a repository misbehaves. Says true when it has answered (or never will); else the honest answer is given. */
export type Behaviour = (exchange: Exchange) => boolean;

/** Whether the request is for the image's layer. */
export function isLayer({ kind, reference, image }: Exchange): boolean {
  return kind === "blob" && image.layers.some((layer) => layer.digest === reference);
}

/** Whether the request is for the image's configuration. */
export function isConfig({ kind, reference, image }: Exchange): boolean {
  return kind === "blob" && image.config.digest === reference;
}

/** Answers with `body` and honest headers. */
export function answer({ request, response }: Exchange, type: string, body: Buffer): true {
  response.writeHead(200, { "content-type": type, "content-length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
  return true;
}

/** Answers with a status and nothing else but headers. */
export function answerStatus({ response }: Exchange, status: number, headers: Record<string, string> = {}): true {
  response.writeHead(status, { "content-length": "0", ...headers }).end();
  return true;
}

/** Answers with a body that never ends. */
export function endlessly({ response }: Exchange, status: number): true {
  const send = () => {
    while (!response.destroyed && response.write(" ".repeat(1 << 16)));
  };
  response.writeHead(status, { "content-type": "application/json" }).on("drain", send);
  send();
  return true;
}

/** A copy of `bytes` with one bit of its middle byte turned over. */
export function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}
