import { isUtf8 } from "node:buffer";

/** What a decoder puts in the place of bytes that are no text. */
export const replacement = "\ufffd";

/**
 * A name as text, though the kernel's names are bytes: those that are no UTF-8 become lone surrogates (U+DC80 to
 * U+DCFF), as in Python (PEP 383), so that {@link diskName} gives the very bytes again.
 */
export function nameText(bytes: Buffer): string {
  const plain = bytes.toString();
  if (!plain.includes(replacement) || isUtf8(bytes)) return plain;
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const end = characterEnd(bytes, at);
    text += end === at ? String.fromCharCode(0xdc00 + (bytes[at] as number)) : bytes.toString("utf8", at, end);
    at = Math.max(end, at + 1);
  }
  return text;
}

/** The end of the character that begins here, or of all ASCII; `at` itself where none does. */
function characterEnd(bytes: Buffer, at: number): number {
  let end = at;
  while (end < bytes.length && (bytes[end] as number) < 0x80) end += 1;
  if (end > at) return end;
  for (const length of [2, 3, 4]) {
    if (at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) return at + length;
  }
  return at;
}

/** What the kernel is to be asked for: the text itself, nearly always. */
export function diskName(text: string): string | Buffer {
  if (text.isWellFormed()) return text;
  const parts = [...text].map((character) => {
    const code = character.charCodeAt(0);
    const isByte = character.length === 1 && code >= 0xdc80 && code <= 0xdcff;
    return isByte ? Buffer.of(code - 0xdc00) : Buffer.from(character);
  });
  return Buffer.concat(parts);
}
