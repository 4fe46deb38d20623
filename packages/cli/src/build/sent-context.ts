import type { BuildView } from "./view.ts";

/** The engine counts its vertices from 1. */
const vertex = 0;
const toldEveryMs = 100;

/** Hands on what is sent of a context and shows how much it was. Nothing is shown where nothing has to be sent. */
export async function* sentContext(
  body: AsyncIterable<Uint8Array>,
  view: Pick<BuildView, "show">,
): AsyncGenerator<Uint8Array> {
  let current = 0;
  let toldAt = 0;
  let outcome: "done" | "canceled" = "canceled";
  const tell = () => view.show({ kind: "status", vertex, name: "transferring context", current, total: 0 });
  try {
    for await (const bytes of body) {
      const at = Date.now();
      if (current === 0) view.show({ kind: "begin", vertex, title: "[internal] load build context", at });
      current += bytes.length;
      if (at - toldAt >= toldEveryMs) {
        tell();
        toldAt = at;
      }
      yield bytes;
    }
    outcome = "done";
  } finally {
    if (current > 0) {
      tell();
      view.show({ kind: "end", vertex, outcome, at: Date.now() });
    }
  }
}
