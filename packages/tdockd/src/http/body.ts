import type { IncomingMessage } from "node:http";
import { TdockError } from "@tdock/errors/error";

const limitBytes = 4 * 1024 * 1024;

/**
 * Reads a JSON body whole. A body must say `application/json`: this is what keeps web pages from posting forms here.
 * Throws `invalid-argument` when it is larger than 4 MiB or of another type.
 */
export async function readJsonBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Whoever stops reading early leaves the rest to be drained: a request that is destroyed stops its connection, and
  // what the client asks next on it is never read.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) {
      throw new TdockError("invalid-argument", `request body is larger than ${limitBytes} bytes`);
    }
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString("utf8");
  if (body.trim() !== "") checkContentType(request.headers["content-type"]);
  return body;
}

function checkContentType(type: string | undefined): void {
  if (type === undefined || type === "" || /^application\/json\s*(;|$)/i.test(type)) return;
  throw new TdockError("invalid-argument", `content-type: wanted application/json, got ${JSON.stringify(type)}`);
}
