import { compileGlob } from "@tdock/api/glob";
import { familiarName, formatFamiliar, parseReference } from "./reference.ts";

/**
 * A test for tags and digests in their short form by the patterns of the filter `reference`. As moby: a pattern
 * matches a whole reference or a name without its tag.
 */
export function referenceFilter(patterns: readonly string[]): (text: string) => boolean {
  const globs = patterns.map((pattern) => compileGlob(shortPattern(pattern), "one-level"));
  return (text) => {
    const forms = [text, familiarName(parseReference(text))];
    return globs.some((matches) => forms.some((form) => matches(form)));
  };
}

function shortPattern(pattern: string): string {
  try {
    return formatFamiliar(parseReference(pattern));
  } catch {
    return pattern;
  }
}
