import { answerStatus, type Behaviour, type Exchange, endlessly, isLayer } from "./exchange.ts";
import { withLayerField } from "./integrity.ts";

/** Registries that try to get credentials for another origin, or send the client elsewhere. */
export const accessBehaviours = {
  "realm-foreign-bearer": (exchange) => challenge(exchange, `Bearer realm="${exchange.foreign}/token",service="x"`),
  "redirect-layer-foreign": (exchange) =>
    unlessAuthorized(exchange) || (isLayer(exchange) && redirect(exchange, `${exchange.foreign}/layer`)),
  "redirect-manifest-foreign": (exchange) =>
    unlessAuthorized(exchange) || (exchange.kind === "manifest" && redirect(exchange, `${exchange.foreign}/manifest`)),
  "redirect-link-local": (exchange) => isLayer(exchange) && redirect(exchange, "http://169.254.169.254/latest"),
  "redirect-file": (exchange) => isLayer(exchange) && redirect(exchange, "file:///etc/passwd"),
  "redirect-loop": (exchange) => isLayer(exchange) && redirect(exchange, `${exchange.origin}${exchange.request.url}`),
  "redirect-circle": (exchange) => {
    const { origin, request } = exchange;
    const next = request.url?.endsWith("?round") ? request.url.replace("?round", "") : `${request.url}?round`;
    return isLayer(exchange) && redirect(exchange, origin + next);
  },
  "redirect-on-and-on": (exchange) =>
    isLayer(exchange) && redirect(exchange, `${exchange.origin}${exchange.request.url}${onward(exchange)}`),
  "always-401": (exchange) => challenge(exchange, `Basic realm="x"`),
  "always-401-bearer": (exchange) => {
    if (exchange.kind === "other") return false;
    const realm = `${exchange.origin}/v2/always-401-bearer/manifests/latest`;
    return answerStatus(exchange, 401, { "www-authenticate": `Bearer realm="${realm}"` });
  },
  "challenge-unclosed": (exchange) => challenge(exchange, `Bearer realm="http://127`),
  "challenge-empty-realm": (exchange) => challenge(exchange, `Bearer realm=""`),
  "challenge-many": (exchange) => challenge(exchange, Array(200).fill(`Bearer a="b"`).join(", ")),
  "challenge-absent": (exchange) => exchange.kind !== "other" && answerStatus(exchange, 401),
  "layer-urls-foreign": (exchange) =>
    unlessAuthorized(exchange) ||
    (isLayer(exchange)
      ? answerStatus(exchange, 404)
      : withLayerField({ urls: [`${exchange.foreign}/layer`] })(exchange)),
  "token-endless": (exchange) => {
    if (exchange.reference === "token") return endlessly(exchange, 200);
    const realm = `${exchange.origin}/v2/token-endless/manifests/token`;
    return challenge(exchange, `Bearer realm="${realm}"`);
  },
  "error-endless": (exchange) => exchange.kind === "manifest" && endlessly(exchange, 500),
  "headers-many": (exchange) => {
    if (exchange.kind !== "manifest") return false;
    const { socket } = exchange.response;
    socket?.on("error", () => undefined).write(`HTTP/1.1 200 OK\r\n${"x-header: y\r\n".repeat(500_000)}`);
    return true;
  },
  "length-stated-twice": (exchange) => {
    if (!isLayer(exchange)) return false;
    const [layer] = exchange.image.layers;
    const lengths = `content-length: ${layer?.size}\r\ncontent-length: 10\r\n\r\n`;
    exchange.response.socket?.on("error", () => undefined).write(`HTTP/1.1 200 OK\r\n${lengths}`);
    exchange.response.socket?.write(layer?.content ?? "");
    return true;
  },
  "answers-403": (exchange) => exchange.kind !== "other" && answerStatus(exchange, 403),
  "answers-404": (exchange) => exchange.kind !== "other" && answerStatus(exchange, 404),
} satisfies Record<string, Behaviour>;

function challenge(exchange: Exchange, value: string): boolean {
  return exchange.kind !== "other" && answerStatus(exchange, 401, { "www-authenticate": value });
}

/** Asks for Basic credentials once, so that the client has some to lose. */
function unlessAuthorized(exchange: Exchange): boolean {
  const isKnown = exchange.request.headers.authorization !== undefined;
  return (
    exchange.kind !== "other" && !isKnown && answerStatus(exchange, 401, { "www-authenticate": `Basic realm="x"` })
  );
}

/** Another address each time. */
function onward({ request }: Exchange): string {
  return request.url?.includes("?") ? "x" : "?x";
}

function redirect(exchange: Exchange, location: string): boolean {
  return answerStatus(exchange, 307, { location });
}
