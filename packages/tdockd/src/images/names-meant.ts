import type { ImageRecord } from "./image.ts";
import { referenceOf } from "./names.ts";
import { formatReference, parseReference, repositoryName, withDefaultTag } from "./reference.ts";

/** The names that a reference stands for: one tag, or every name of a digest's repository; none for an ID. */
export function namesMeant(image: ImageRecord, text: string): readonly string[] {
  if (image.names.includes(text)) return [text];
  const hex = text.replace(/^sha256:/, "");
  if (/^[a-f0-9]+$/.test(hex) && (image.id.slice(7).startsWith(hex) || image.target.digest.slice(7).startsWith(hex))) {
    const isTagToo =
      !text.startsWith("sha256:") && image.names.includes(formatReference(withDefaultTag(safeParse(text))));
    if (!isTagToo) return [];
  }
  const reference = withDefaultTag(parseReference(text));
  if (reference.digest === undefined) return [formatReference(reference)];
  return image.names.filter((name) => {
    const known = referenceOf(name);
    return known !== undefined && repositoryName(known) === repositoryName(reference);
  });
}

/** 64 hex digits are no reference: they name nothing. */
function safeParse(text: string) {
  return text.length === 64 ? { domain: "", path: text } : parseReference(text);
}
