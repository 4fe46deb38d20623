import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isError, TdockError } from "@tdock/errors/error";
import type { Engine } from "../../engine.ts";
import { ensureServed, type ServedTag, servedContent, servedTags } from "../../images/served-images.ts";
import { isDigest } from "../../registry/digest.ts";
import { sendDistributionError } from "./distribution-error.ts";
import { type ContentPath, parseDistributionPath } from "./distribution-path.ts";
import { pageOf } from "./page.ts";
import { sendContent } from "./send-content.ts";

type ServingEngine = Parameters<typeof ensureServed>[0] & Pick<Engine, "log">;

/**
 * The images that are here, over the registry protocol, for reading only: whoever reaches it may pull all that has a
 * tag. Returned without listening. Follows https://github.com/opencontainers/distribution-spec/blob/main/spec.md.
 */
export function createImageServer(engine: ServingEngine): Server {
  return createServer({ headersTimeout: 60_000 }, (request, response) => {
    response.on("error", () => {});
    response.setHeader("docker-distribution-api-version", "registry/2.0");
    answer(engine, request, response).catch((thrown) => {
      const { message } = TdockError.from(thrown);
      if (response.headersSent) return void response.destroy();
      if (isError(thrown, "invalid-argument", "page")) {
        return sendDistributionError(response, "PAGINATION_NUMBER_INVALID", message);
      }
      engine.log.warn({ path: request.url, error: message }, "an image could not be served");
      sendDistributionError(response, "UNKNOWN", message);
    });
  });
}

async function answer(engine: ServingEngine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return sendDistributionError(response, "UNSUPPORTED", "this registry is for reading only");
  }
  const url = URL.parse(request.url ?? "", "http://registry");
  const path = url === null ? undefined : parseDistributionPath(url.pathname);
  if (url === null || path === undefined) return sendDistributionError(response, "NAME_UNKNOWN", "no such path");
  if (path.kind === "root") return sendJson(response, {});
  const tags = await servedTags(engine);
  if (path.kind === "catalog")
    return sendPage(response, url, namesOf(tags, "repository"), (repositories) => ({ repositories }));
  const own = tags.filter((tag) => isOf(tag, path.repository, url.searchParams.get("ns")));
  if (own.length === 0) return sendDistributionError(response, "NAME_UNKNOWN", `no repository ${path.repository}`);
  const name = path.repository;
  if (path.kind === "tags") return sendPage(response, url, namesOf(own, "tag"), (tags) => ({ name, tags }));
  await answerContent(engine, path, own, request, response);
}

/** A mirror is told in `ns` which registry it stands for. */
function isOf({ reference, repository }: ServedTag, wanted: string, namespace: string | null): boolean {
  return repository === wanted || (reference.domain === namespace && reference.path === wanted);
}

async function answerContent(
  engine: ServingEngine,
  { kind, reference }: ContentPath,
  tags: readonly ServedTag[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const tagged = tags.find(({ tag }) => tag === reference)?.target.digest;
  const digest = isDigest(reference) ? reference : kind === "manifests" ? tagged : undefined;
  const found = digest === undefined ? undefined : (await servedContent(engine, tags)).get(digest);
  const isWanted = found !== undefined && (kind === "blobs" || found.kind === "manifest");
  const leaving = new AbortController();
  response.once("close", () => leaving.abort());
  if (!isWanted || !(await ensureServed(engine, tags, found.blob, leaving.signal))) {
    const code = kind === "blobs" ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN";
    return sendDistributionError(response, code, `${reference} is not here`);
  }
  const mediaType = kind === "blobs" ? "application/octet-stream" : found.blob.mediaType;
  try {
    await sendContent(request, response, { ...found.blob, mediaType }, engine.blobs.path(found.blob.digest));
  } catch (thrown) {
    if (isError(thrown, "internal", "content-damaged")) {
      // The client asks again, and by then it is fetched again.
      engine.log.warn({ path: request.url, error: thrown.message }, "a damaged blob was not served");
      await engine.blobs.dropIfDamaged(found.blob.digest);
    }
    throw thrown;
  }
}

function namesOf(tags: readonly ServedTag[], member: "repository" | "tag"): string[] {
  return [...new Set(tags.map((tag) => tag[member]))].sort();
}

function sendPage(
  response: ServerResponse,
  url: URL,
  all: readonly string[],
  documentOf: (names: readonly string[]) => object,
): void {
  const { names, link } = pageOf(all, url);
  if (link !== undefined) response.setHeader("link", link);
  sendJson(response, documentOf(names));
}

function sendJson(response: ServerResponse, value: object): void {
  const body = JSON.stringify(value);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}
