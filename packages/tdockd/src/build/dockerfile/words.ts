import type { Token } from "./flags.ts";

/** Splits at white space alone: quotes mean nothing. */
export function splitAtSpace(text: string, offset: number): Token[] {
  return [...text.matchAll(/[^\t\v\f\r ]+/g)].map((match) => ({ text: match[0], offset: offset + match.index }));
}

/**
 * Splits at white space outside quotes; quotes and escapes stay in the words, for the expansion to resolve.
 * For ENV, LABEL and ARG. Follows BuildKit's parser/line_parsers.go (parseWords).
 */
export function splitKeepingQuotes(text: string, offset: number, escapeChar: string): Token[] {
  const words: Token[] = [];
  let start = -1;
  let word = "";
  let quote = "";
  const finish = () => {
    if (start !== -1) words.push({ text: word, offset: offset + start });
    start = -1;
    word = "";
  };
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote === "" && /\s/.test(char)) {
      finish();
      continue;
    }
    if (start === -1) start = at;
    if (char === escapeChar && quote !== "'") {
      if (at + 1 < text.length) word += char + text.charAt(++at); // one that ends the text is dropped
      continue;
    }
    if (char === quote) quote = "";
    else if (quote === "" && (char === "'" || char === '"')) quote = char;
    word += char;
  }
  finish();
  return words.filter((found) => found.text !== "");
}
