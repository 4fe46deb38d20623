import { TdockError } from "@tdock/errors/error";
import { formatFamiliar, parseReference, withDefaultTag } from "./reference.ts";

/** `not-found` in Docker's words, which show the tag that was looked for. */
export function noSuchImage(text: string): TdockError {
  return new TdockError("not-found", `No such image: ${shown(text)}`, { reason: "no-such-image" });
}

/** An ID is shown as it is. */
function shown(text: string): string {
  if (text.startsWith("sha256:")) return text;
  try {
    return formatFamiliar(withDefaultTag(parseReference(text)));
  } catch {
    return text;
  }
}
