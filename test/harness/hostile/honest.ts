import type { Blob } from "../images/oci-image.ts";
import { answerStatus, type Exchange } from "./exchange.ts";

/** Answers as an honest registry would: the image under every tag, its blobs by digest, ranges of them. */
export function answerHonestly(exchange: Exchange): void {
  const blob = wanted(exchange);
  if (!blob) answerStatus(exchange, exchange.kind === "other" ? 200 : 404);
  else serveBlob(exchange, blob);
}

function wanted({ kind, reference, image }: Exchange): Blob | undefined {
  if (kind === "manifest")
    return !reference.includes(":") || reference === image.manifest.digest ? image.manifest : undefined;
  return kind === "blob" ? [...image.layers, image.config].find(({ digest }) => digest === reference) : undefined;
}

function serveBlob({ request, response }: Exchange, blob: Blob): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (start >= blob.size) {
    response.writeHead(416, { "content-range": `bytes */${blob.size}` }).end();
    return;
  }
  response.writeHead(request.headers.range ? 206 : 200, {
    "content-type": blob.mediaType,
    "content-length": blob.size - start,
    "docker-content-digest": blob.digest,
    ...(request.headers.range && { "content-range": `bytes ${start}-${blob.size - 1}/${blob.size}` }),
  });
  response.end(request.method === "HEAD" ? undefined : blob.content.subarray(start));
}
