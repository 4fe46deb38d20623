import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { TdockError } from "@tdock/errors/error";
import type { BlobReference } from "../../images/image.ts";
import { hashFor, splitDigest } from "../../registry/digest.ts";
import { sendDistributionError } from "./distribution-error.ts";

/**
 * Sends a file that holds a blob: whole, or the one range that was asked for; of HEAD the headers alone. What is sent
 * whole is verified on its way: the last of a damaged blob is never sent. Throws `internal` (reason `content-damaged`).
 */
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
  const bytes = createReadStream(path, { start, end, highWaterMark: 256 * 1024 });
  const isWhole = start === 0 && end === size - 1;
  await pipeline(isWhole ? verified(bytes, digest) : bytes, response);
}

async function* verified(bytes: AsyncIterable<Buffer>, digest: string): AsyncGenerator<Buffer> {
  const hash = hashFor(digest);
  let held: Buffer | undefined;
  for await (const chunk of bytes) {
    hash.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (hash.digest("hex") !== splitDigest(digest).hex) {
    throw new TdockError("internal", `content ${digest} is damaged on disk`, { reason: "content-damaged" });
  }
  if (held !== undefined) yield held;
}

/** One range of RFC 9110; undefined for none and for what may be ignored, such as several. */
function readRange(header: string | undefined, size: number) {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return start <= end ? { start, end } : "unsatisfiable";
}
