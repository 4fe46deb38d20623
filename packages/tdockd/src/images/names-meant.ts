import type { ImageRecord } from "./image.ts";
import { referenceOf } from "./names.ts";
import { formatReference, parseReference, repositoryName, withDefaultTag } from "./reference.ts";

/**
 * The names that a reference stands for: one tag, and with it the digests of its repository where they alone would be
 * left; a digest that was pulled, else every name of its repository; none for an ID.
 */
export function namesMeant(image: ImageRecord, text: string): readonly string[] {
  if (image.names.includes(text) && referenceOf(text) === undefined) return [text];
  const hex = text.replace(/^sha256:/, "");
  if (/^[a-f0-9]+$/.test(hex) && (image.id.slice(7).startsWith(hex) || image.target.digest.slice(7).startsWith(hex))) {
    const isTagToo =
      !text.startsWith("sha256:") && image.names.includes(formatReference(withDefaultTag(safeParse(text))));
    if (!isTagToo) return [];
  }
  const reference = withDefaultTag(parseReference(text));
  const isOfRepository = (name: string) => {
    const known = referenceOf(name);
    return known !== undefined && repositoryName(known) === repositoryName(reference);
  };
  const own = formatReference(reference);
  if (reference.digest !== undefined) return image.names.includes(own) ? [own] : image.names.filter(isOfRepository);
  const others = image.names.filter((name) => name !== own);
  const isLeft = others.some((name) => !isOfRepository(name) || referenceOf(name)?.digest === undefined);
  return isLeft ? [own] : [own, ...others];
}

/** 64 hex digits are no reference: they name nothing. */
function safeParse(text: string) {
  return text.length === 64 ? { domain: "", path: text } : parseReference(text);
}
