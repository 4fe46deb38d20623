const named: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

/** Go's `strconv.Quote`: what cannot be printed is escaped. */
export function quote(text: string): string {
  const inner = text.replace(
    /["\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu,
    (character) => named[character] ?? escaped(character),
  );
  return `"${inner}"`;
}

/** Go's `strconv.QuoteToASCII`. */
export function quoteAscii(text: string): string {
  return quote(text).replace(/[^\p{ASCII}]/gu, escaped);
}

/** Go's `strconv.QuoteRune`. */
export function quoteCharacter(character: string): string {
  return character === "'" ? "'\\''" : `'${character === '"' ? character : quote(character).slice(1, -1)}'`;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x80) return `\\x${hex.padStart(2, "0")}`;
  return code > 0xffff ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`;
}
