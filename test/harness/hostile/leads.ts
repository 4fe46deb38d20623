import { answerStatus, type Behaviour, type Exchange, isLayer } from "./exchange.ts";
import { resetLayerAt } from "./interruptions.ts";

/** Registries that lead to signed addresses for a layer, which fail in some way. A pull must succeed all the same. */
export const passingLeads = {
  "lead-403-once": leading((lead, exchange) => lead === 0 && answerStatus(exchange, 403)),
  "lead-404-once": leading((lead, exchange) => lead === 0 && answerStatus(exchange, 404)),
  "lead-410-twice": leading((lead, exchange) => lead < 2 && answerStatus(exchange, 410)),
  "lead-breaks-and-expires": leading((lead, exchange) => {
    if (lead > 0) return false;
    return exchange.earlier === 0 ? resetLayerAt((size) => size >> 1, 1)(exchange) : answerStatus(exchange, 403);
  }),
  "lead-breaks-and-refuses-range": leading((lead, exchange) => {
    if (lead === 0) return resetLayerAt((size) => size >> 1, 1)(exchange);
    delete exchange.request.headers.range;
    return false;
  }),
} satisfies Record<string, Behaviour>;

/** Registries that lead to where a layer never is. A pull must end by itself and leave no image. */
export const lastingLeads = {
  "lead-403-always": leading((_, exchange) => answerStatus(exchange, 403)),
  "lead-to-nobody": (exchange) => isLayer(exchange) && answerStatus(exchange, 307, { location: "http://127.0.0.1:1/" }),
} satisfies Record<string, Behaviour>;

/** Leads to a new address each time the layer is asked for; `serve` is told which one (0, 1, …) is then asked. */
function leading(serve: (lead: number, exchange: Exchange) => boolean): Behaviour {
  return (exchange) => {
    if (!isLayer(exchange)) return false;
    const url = new URL(exchange.request.url ?? "", exchange.origin);
    const lead = url.searchParams.get("signature");
    if (lead !== null) return serve(Number(lead), exchange);
    url.searchParams.set("signature", String(exchange.earlier));
    return answerStatus(exchange, 307, { location: url.href });
  };
}
