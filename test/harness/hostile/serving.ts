import type { Blob } from "../images/oci-image.ts";
import { answer, answerStatus, type Behaviour } from "./exchange.ts";

/** Serves `top` under every tag, and it and `others` by digest, in place of the repository's own image. */
export function serving(top: Blob, others: readonly Blob[]): Behaviour {
  return (exchange) => {
    const { kind, reference } = exchange;
    if (kind === "other") return false;
    const wanted = reference.includes(":") ? [top, ...others].find(({ digest }) => digest === reference) : top;
    if (wanted === undefined) return answerStatus(exchange, 404);
    return answer(exchange, wanted.mediaType, wanted.content);
  };
}
