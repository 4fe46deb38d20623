import { answer, answerStatus, type Behaviour, type Exchange, flipped, isLayer } from "./exchange.ts";

/** How many requests a repository has had, and how many a token is still good for. */
const failures = new Map<string, number>();
const tokens = new Map<string, number>();

/** Registries that fail for a while. A pull must succeed all the same. */
export const passingInterruptions = {
  "reset-at-start": resetLayerAt(() => 0, 1),
  "reset-after-one": resetLayerAt(() => 1, 1),
  "reset-at-half": resetLayerAt((size) => size >> 1, 1),
  "reset-at-end": resetLayerAt((size) => size - 1, 1),
  "reset-three-times": resetLayerAt((size) => size >> 2, 3),
  "reset-then-no-range": (exchange) => {
    if (!isLayer(exchange) || exchange.earlier === 0) return resetLayerAt((size) => size >> 1, 1)(exchange);
    delete exchange.request.headers.range;
    return false;
  },
  "reset-then-416": (exchange) => {
    if (!isLayer(exchange)) return false;
    if (exchange.earlier === 0) return resetLayerAt((size) => size >> 1, 1)(exchange);
    return exchange.request.headers.range !== undefined && answerStatus(exchange, 416);
  },
  ...Object.fromEntries([500, 502, 503, 504, 408].map((code) => [`layer-${code}-once`, failing(isLayer, code, 1)])),
  "layer-503-twice": failing(isLayer, 503, 2),
  "layer-502-five-times": failing(isLayer, 502, 5),
  "manifest-500-once": failing(({ kind }) => kind === "manifest", 500, 1),
  "manifest-429-retry-after": failing(({ kind }) => kind === "manifest", 429, 1, { "retry-after": "1" }),
  "layer-429-retry-after-date": failing(isLayer, 429, 1, { "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }),
  "layer-429-retry-after-text": failing(isLayer, 429, 1, { "retry-after": "soon" }),
  "layer-429-retry-after-zero": failing(isLayer, 429, 1, { "retry-after": "0" }),
  "layer-429-retry-after-negative": failing(isLayer, 429, 1, { "retry-after": "-5" }),
  "layer-429-no-retry-after": failing(isLayer, 429, 1),
  "layer-empty-200-once": (exchange) => isLayer(exchange) && exchange.earlier === 0 && answerStatus(exchange, 200),
  "no-digest-header": ({ response }) => {
    const { writeHead } = response;
    response.writeHead = ((status: number, headers: Record<string, string>) => {
      delete headers["docker-content-digest"];
      return writeHead.call(response, status, headers);
    }) as typeof writeHead;
    return false;
  },
  "no-content-length": (exchange) => {
    if (!isLayer(exchange)) return false;
    exchange.response.write(exchange.image.layers[0]?.content);
    exchange.response.end();
    return true;
  },
  "resumed-with-other-bytes": (exchange) => {
    if (!isLayer(exchange) || exchange.earlier > 1) return false;
    if (exchange.earlier === 0) return resetLayerAt((size) => size >> 1, 1)(exchange);
    exchange.response.end(flipped(beginLayer(exchange)));
    return true;
  },
  "every-third-fails": (exchange) => {
    const count = (failures.get(exchange.repository) ?? 0) + 1;
    failures.set(exchange.repository, count);
    return count % 3 === 0 && answerStatus(exchange, 503);
  },
  "token-used-up": withRealm("token-used-up", (exchange) => giveToken(exchange, 2)),
  "realm-500-once": withRealm("realm-500-once", (exchange) =>
    exchange.earlier === 0 ? answerStatus(exchange, 500) : giveToken(exchange, 1000),
  ),
  "no-head": (exchange) => exchange.request.method === "HEAD" && answerStatus(exchange, 405),
  "type-with-parameters": (exchange) => {
    if (exchange.kind !== "manifest") return false;
    const { mediaType, content } = exchange.image.manifest;
    exchange.response.writeHead(200, { "content-type": `${mediaType.toUpperCase()}; charset=utf-8` }).end(content);
    return true;
  },
} satisfies Record<string, Behaviour>;

/** Registries that do not recover. A pull must end by itself and leave no image. */
export const lastingInterruptions = {
  "layer-500-always": failing(isLayer, 500, Number.POSITIVE_INFINITY),
  "manifest-500-always": failing(({ kind }) => kind === "manifest", 500, Number.POSITIVE_INFINITY),
  "manifest-429-very-long": failing(({ kind }) => kind === "manifest", 429, Number.POSITIVE_INFINITY, {
    "retry-after": "1000000000",
  }),
  "reset-always": resetLayerAt(() => 0, Number.POSITIVE_INFINITY),
  "realm-500-always": withRealm("realm-500-always", (exchange) => answerStatus(exchange, 500)),
} satisfies Record<string, Behaviour>;

/** Registries that take a request and never answer it whole. Only a cancel ends a pull at once. */
export const stalls = {
  "stall-before-head": (exchange) => isLayer(exchange),
  "stall-in-body": (exchange) => {
    if (!isLayer(exchange)) return false;
    const [layer] = exchange.image.layers;
    exchange.response.writeHead(200, { "content-length": layer?.size ?? 0 });
    exchange.response.write(layer?.content.subarray(0, 1000));
    return true;
  },
  trickle: (exchange) => {
    if (!isLayer(exchange)) return false;
    exchange.response.writeHead(200, { "content-length": exchange.image.layers[0]?.size ?? 0 });
    const timer = setInterval(() => exchange.response.write("x"), 100);
    exchange.response.on("close", () => clearInterval(timer));
    return true;
  },
} satisfies Record<string, Behaviour>;

/**
 * Closes the connection whenever it has carried `dropBytes` of the layer, all of which arrive. Tells `onSent` how many
 * bytes of the layer went out with each answer.
 */
export function droppingEvery(dropBytes: number, onSent: (bytes: number) => void): Behaviour {
  return (exchange) => {
    if (!isLayer(exchange) || exchange.request.method === "HEAD") return false;
    const part = beginLayer(exchange).subarray(0, dropBytes);
    onSent(part.length);
    exchange.response.write(part, () => exchange.response.socket?.destroySoon());
    return true;
  };
}

/** Asks for a token, which `serve` gives; each is good for as many requests as it was given for. */
function withRealm(repository: string, serve: Behaviour): Behaviour {
  return (exchange) => {
    if (exchange.kind === "other") return false;
    if (exchange.reference === "token") return serve(exchange);
    const token = exchange.request.headers.authorization?.replace("Bearer ", "") ?? "";
    const left = tokens.get(token) ?? 0;
    tokens.set(token, left - 1);
    const realm = `${exchange.origin}/v2/${repository}/manifests/token`;
    return left <= 0 && answerStatus(exchange, 401, { "www-authenticate": `Bearer realm="${realm}"` });
  };
}

function giveToken(exchange: Exchange, uses: number): true {
  const token = `token-${tokens.size}`;
  tokens.set(token, uses);
  return answer(exchange, "application/json", Buffer.from(JSON.stringify({ token })));
}

function failing(
  isMeant: (exchange: Exchange) => boolean,
  status: number,
  times: number,
  headers: Record<string, string> = {},
): Behaviour {
  return (exchange) => isMeant(exchange) && exchange.earlier < times && answerStatus(exchange, status, headers);
}

/** Breaks the connection of the first `times` requests for the layer after `at(size)` bytes of the answer. */
export function resetLayerAt(at: (size: number) => number, times: number): Behaviour {
  return (exchange) => {
    if (!isLayer(exchange) || exchange.request.method === "HEAD" || exchange.earlier >= times) return false;
    const rest = beginLayer(exchange);
    exchange.response.write(rest.subarray(0, at(rest.length)), () => exchange.response.socket?.resetAndDestroy());
    return true;
  };
}

/** Sends the head of an honest answer to a request for the layer. Gives what is to follow. */
function beginLayer({ request, response, image }: Exchange): Buffer {
  const [layer] = image.layers;
  const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const rest = layer?.content.subarray(start) ?? Buffer.alloc(0);
  response.writeHead(start > 0 ? 206 : 200, {
    "content-length": rest.length,
    ...(start > 0 && { "content-range": `bytes ${start}-${start + rest.length - 1}/${start + rest.length}` }),
  });
  return rest;
}
