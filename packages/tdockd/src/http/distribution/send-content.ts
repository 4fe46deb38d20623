import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { BlobReference } from "../../images/image.ts";
import { sendDistributionError } from "./distribution-error.ts";

/** Sends a file that holds a blob: whole, or the one range that was asked for; of HEAD the headers alone. */
export async function sendContent(
  request: IncomingMessage,
  response: ServerResponse,
  { digest, size, mediaType }: BlobReference,
  path: string,
): Promise<void> {
  const range = readRange(request.headers.range, size);
  if (range === "unsatisfiable") {
    response.setHeader("content-range", `bytes */${size}`);
    sendDistributionError(response, "RANGE_INVALID", `wanted a range within ${size} bytes`);
    return;
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  response.writeHead(range === undefined ? 200 : 206, {
    "accept-ranges": "bytes",
    "content-type": mediaType,
    "content-length": end - start + 1,
    "docker-content-digest": digest,
    etag: `"${digest}"`,
    ...(range !== undefined && { "content-range": `bytes ${start}-${end}/${size}` }),
  });
  if (request.method === "HEAD" || size === 0) return void response.end();
  await pipeline(createReadStream(path, { start, end, highWaterMark: 256 * 1024 }), response);
}

/** One range of RFC 9110; undefined for none and for what may be ignored, such as several. */
function readRange(header: string | undefined, size: number) {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return start <= end ? { start, end } : "unsatisfiable";
}
