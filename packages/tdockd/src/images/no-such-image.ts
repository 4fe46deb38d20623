import { TdockError } from "@tdock/errors/error";
import { formatFamiliar, parseReference, withDefaultTag } from "./reference.ts";

/** `not-found` in Docker's words, which show the tag that was looked for. */
export function noSuchImage(text: string): TdockError {
  return new TdockError("not-found", `No such image: ${shown(text)}`, { reason: "no-such-image" });
}

/** `not-found` in Docker's words for an image that is here, and not for the platform that was asked for. */
export function noSuchPlatform(text: string, platform: string): TdockError {
  const found = `image with reference ${shown(text)} was found`;
  return new TdockError("not-found", `${found} but does not provide the specified platform (${platform})`, {
    reason: "no-platform",
  });
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
