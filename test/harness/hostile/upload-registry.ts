import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { digestOf } from "../images/oci-image.ts";

/** One request to a registry that is pushed to, taken apart. */
export interface UploadExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly step: "probe" | "start" | "send" | "ask" | "complete" | "manifest" | "other";
  /** How often this step was taken before, in the whole registry. */
  readonly earlier: number;
  readonly origin: string;
  /** What the upload in question has received; a misbehaviour may take from it or add to it. */
  readonly received: Buffer[];
  /** Forgets the upload. */
  readonly forget: () => void;
}

/** How an upload registry misbehaves. Says true when it has answered; else the honest answer is given. */
export type UploadBehaviour = (exchange: UploadExchange) => boolean | Promise<boolean>;

/** A registry in memory that takes pushes and sometimes fails in them. */
export interface UploadRegistry extends AsyncDisposable {
  readonly host: string;
  readonly blobs: ReadonlyMap<string, Buffer>;
  /** By tag or digest. */
  readonly manifests: ReadonlyMap<string, Buffer>;
  /** Method and path of all requests, in order. */
  readonly requests: readonly string[];
}

/** Starts one on loopback, over plain HTTP. Chunks are taken in the order of the distribution specification. */
export async function startUploadRegistry(behaviour: UploadBehaviour = () => false): Promise<UploadRegistry> {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, Buffer>();
  const uploads = new Map<string, Buffer[]>();
  const requests: string[] = [];
  const steps = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://registry");
    const step = stepOf(request.method, pathname);
    const id = /\/uploads\/(\w+)/.exec(pathname)?.[1] ?? "";
    const earlier = steps.get(step) ?? 0;
    steps.set(step, earlier + 1);
    requests.push(`${request.method} ${pathname}`);
    const received = uploads.get(id) ?? [];
    const forget = () => uploads.delete(id);
    request.on("error", () => undefined);
    if (await behaviour({ request, response, step, earlier, origin, received, forget })) return;
    if ((step === "send" || step === "ask" || step === "complete") && !uploads.has(id)) return answer(response, 404);
    const location = `/v2/app/blobs/uploads/${id}`;
    switch (step) {
      case "probe":
        return answer(response, blobs.has(pathname.split("/").at(-1) ?? "") ? 200 : 404);
      case "start": {
        const fresh = `u${earlier}`;
        uploads.set(fresh, []);
        return answer(response, 202, { location: `/v2/app/blobs/uploads/${fresh}` });
      }
      case "send": {
        const [from] = String(request.headers["content-range"]).split("-");
        if (Number(from) !== lengthOf(received)) return answer(response, 416, { location, range: rangeOf(received) });
        for await (const chunk of request) received.push(chunk as Buffer);
        return answer(response, 202, { location, range: rangeOf(received) });
      }
      case "ask":
        return answer(response, 204, { location, range: rangeOf(received) });
      case "complete": {
        for await (const chunk of request) received.push(chunk as Buffer);
        const blob = Buffer.concat(received);
        if (digestOf(blob) !== searchParams.get("digest")) return answer(response, 400);
        blobs.set(digestOf(blob), blob);
        uploads.delete(id);
        return answer(response, 201, { location: `/v2/app/blobs/${digestOf(blob)}` });
      }
      case "manifest": {
        const bytes = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
        manifests.set(pathname.split("/").at(-1) ?? "", bytes);
        return answer(response, 201, { location: pathname });
      }
      default:
        return answer(response, 200);
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = `http://${host}`;
  return {
    host,
    blobs,
    manifests,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Answers without a body. */
export function answer(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, status === 204 ? headers : { "content-length": "0", ...headers }).end();
}

function stepOf(method = "", path: string): UploadExchange["step"] {
  if (/\/manifests\//.test(path)) return method === "PUT" ? "manifest" : "other";
  if (/\/uploads\/$/.test(path)) return "start";
  if (!/\/uploads\//.test(path)) return /\/blobs\//.test(path) ? "probe" : "other";
  return method === "PATCH" ? "send" : method === "PUT" ? "complete" : "ask";
}

function lengthOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

function rangeOf(chunks: readonly Buffer[]): string {
  return `0-${Math.max(lengthOf(chunks) - 1, 0)}`;
}
