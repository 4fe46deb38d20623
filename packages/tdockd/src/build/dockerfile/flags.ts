/** A word of an instruction and where it stands in the instruction's text. */
export interface Token {
  readonly text: string;
  readonly offset: number;
}

export interface SplitInstruction {
  readonly keyword: string;
  /** The leading words that begin with `--`, quotes and escapes resolved. */
  readonly flags: readonly Token[];
  /** What follows the flags, trimmed. */
  readonly rest: string;
  readonly restOffset: number;
}

/** Cuts an instruction into keyword, flags and the rest. Follows BuildKit's parser/split_command.go. */
export function splitInstruction(text: string, escapeChar: string): SplitInstruction {
  const begin = text.length - text.trimStart().length;
  const trimmed = text.trim();
  const gap = /[\t\v\f\r ]+/.exec(trimmed);
  if (gap === null) return { keyword: trimmed, flags: [], rest: "", restOffset: begin + trimmed.length };
  const flags: Token[] = [];
  let at = gap.index + gap[0].length;
  while (trimmed.startsWith("--", at)) {
    const flag = readFlag(trimmed, at, escapeChar);
    at = skipSpace(trimmed, flag.end);
    if (flag.text === "--") break;
    flags.push({ text: flag.text, offset: begin + flag.offset });
  }
  return { keyword: trimmed.slice(0, gap.index), flags, rest: trimmed.slice(at), restOffset: begin + at };
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text.charAt(at))) at++;
  return at;
}

function readFlag(text: string, from: number, escapeChar: string): Token & { end: number } {
  let quote = "";
  let word = "";
  let at = from;
  for (; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote === "" && isSpace(char)) break;
    if (char === quote) quote = "";
    else if (quote === "" && (char === "'" || char === '"')) quote = char;
    else if (char === escapeChar) word += text.charAt(++at);
    else word += char;
  }
  return { text: word, offset: from, end: at };
}

function isSpace(char: string): boolean {
  return char === " " || (char >= "\t" && char <= "\r");
}
