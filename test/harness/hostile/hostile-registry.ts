import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { OciImage } from "../images/oci-image.ts";
import type { Behaviour, Exchange } from "./exchange.ts";
import { answerHonestly } from "./honest.ts";

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** On the clock of `performance.now`. */
  readonly atMs: number;
}

/** A repository of the hostile registry. */
export interface HostileRepository {
  readonly image: OciImage;
  /** Without one the repository is honest. */
  readonly behaviour?: Behaviour;
}

/** A scripted registry: each repository misbehaves in a way of its own. A second origin sees what leaks to it. */
export interface HostileRegistry extends AsyncDisposable {
  readonly host: string;
  /** Everything that was asked of the registry, and of the other origin. */
  readonly requests: readonly SeenRequest[];
  readonly foreignRequests: readonly SeenRequest[];
}

/** Starts one on loopback, over plain HTTP. */
export async function startHostileRegistry(
  repositories: Readonly<Record<string, HostileRepository>>,
): Promise<HostileRegistry> {
  const requests: SeenRequest[] = [];
  const foreignRequests: SeenRequest[] = [];
  const foreign = await listen((request, response) => {
    foreignRequests.push(seen(request));
    response.writeHead(401, { "www-authenticate": `Basic realm="foreign"` }).end("{}");
    // Another host, not only another port: a registry's token server may well be beside it.
  }, "127.0.0.2");
  const registry = await listen((request, response) => {
    const earlier = requests.filter(({ method, path }) => method === request.method && path === request.url).length;
    requests.push(seen(request));
    const exchange = takeApart(request, response);
    const repository = repositories[exchange.repository];
    if (!repository) answerHonestly({ ...exchange, kind: "other", earlier, ...origins, image: emptyImage });
    else serve({ ...exchange, earlier, ...origins, image: repository.image }, repository.behaviour);
  });
  const origins = { origin: urlOf(registry), foreign: urlOf(foreign) };
  return {
    host: urlOf(registry).replace("http://", ""),
    requests,
    foreignRequests,
    [Symbol.asyncDispose]: async () => {
      for (const server of [registry, foreign]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

function serve(exchange: Exchange, behaviour: Behaviour = () => false): void {
  exchange.response.on("error", () => undefined);
  if (!behaviour(exchange)) answerHonestly(exchange);
}

const emptyImage = { layers: [] } as unknown as OciImage;

function takeApart(request: IncomingMessage, response: ServerResponse) {
  const [, repository = "", kind = "other", reference = ""] =
    /^\/v2\/(.+)\/(manifests|blobs)\/([^/?]+)/.exec(request.url ?? "") ?? [];
  const kinds: Record<string, Exchange["kind"]> = { manifests: "manifest", blobs: "blob" };
  return { request, response, repository, reference: decodeURIComponent(reference), kind: kinds[kind] ?? "other" };
}

function seen({ method = "", url: path = "", headers }: IncomingMessage): SeenRequest {
  return { method, path, headers, atMs: performance.now() };
}

async function listen(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  address = "127.0.0.1",
): Promise<Server> {
  const server = createServer({ keepAlive: true }, listener).listen(0, address);
  await once(server, "listening");
  return server;
}

function urlOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return `http://${address}:${port}`;
}
