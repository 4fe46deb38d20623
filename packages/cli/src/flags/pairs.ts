/** `name=value` at the first `=`; `value` is undefined when there is none. */
export function splitPair(text: string, separator = "="): [name: string, value: string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** A map of `name=value` texts; the last one of a name counts. It has no prototype. */
export function pairsToMap(pairs: readonly string[]): Record<string, string> {
  const map: Record<string, string> = Object.create(null);
  for (const pair of pairs) {
    const [name, value] = splitPair(pair);
    map[name] = value ?? "";
  }
  return map;
}
