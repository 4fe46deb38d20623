import { parseError } from "./error.ts";

export type TokenKind =
  | "text"
  | "open"
  | "close"
  | "space"
  | "field"
  | "variable"
  | "identifier"
  | "string"
  | "number"
  | "char"
  | "dot"
  | "pipe"
  | "left"
  | "right"
  | "declare"
  | "assign"
  | "comma"
  | "end-of-file";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset in the source. */
  readonly at: number;
}

const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ["space", /\s+/y],
  ["declare", /:=/y],
  ["assign", /=/y],
  ["pipe", /\|/y],
  ["left", /\(/y],
  ["right", /\)/y],
  ["comma", /,/y],
  ["field", /\.[\p{L}_][\p{L}\p{N}_]*/uy],
  ["number", /[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\.?\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?)/y],
  ["dot", /\./y],
  ["variable", /\$[\p{L}\p{N}_]*/uy],
  ["identifier", /[\p{L}_][\p{L}\p{N}_]*/uy],
  ["string", /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ["char", /'(?:[^'\\\n]|\\.)+'/y],
];

/**
 * Takes a template apart into text and the tokens of its actions; comments and trim markers (`{{-`, `-}}`) are
 * dealt with here. Throws `invalid-argument` as Go's text/template/parse/lex.go words it.
 */
export function lex(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf("{{", at);
    const end = open === -1 ? source.length : open;
    const trims = /^\{\{-\s/.test(source.slice(end, end + 4));
    const text = source.slice(at, end);
    const kept = trims ? text.trimEnd() : text;
    if (kept !== "") tokens.push({ kind: "text", text: kept, at });
    at = open === -1 ? end : lexAction(source, trims ? end + 3 : end + 2, tokens);
  }
  tokens.push({ kind: "end-of-file", text: "", at: source.length });
  return tokens;
}

/** Reads one action from behind its `{{`; gives the offset behind its `}}` and what that trims. */
function lexAction(source: string, start: number, tokens: Token[]): number {
  const rest = source.slice(start);
  const comment = /^\s*\/\*[\s\S]*?\*\/\s*?(\s-)?\}\}/.exec(rest);
  if (comment !== null) return skipSpace(source, start + comment[0].length, comment[1] !== undefined);
  if (rest.trimStart().startsWith("/*")) {
    throw parseError(
      lineAt(source, start),
      rest.includes("*/") ? "comment ends before closing delimiter" : "unclosed comment",
    );
  }
  tokens.push({ kind: "open", text: "{{", at: start });
  let at = start;
  while (true) {
    const close = /^(\s-)?\}\}/.exec(source.slice(at, at + 4));
    if (close !== null) {
      tokens.push({ kind: "close", text: "}}", at });
      return skipSpace(source, at + close[0].length, close[1] !== undefined);
    }
    if (at >= source.length) throw parseError(lineAt(source, start), "unclosed action");
    const token = nextToken(source, at);
    tokens.push(token);
    at += token.text.length;
  }
}

function skipSpace(source: string, at: number, trims: boolean): number {
  if (!trims) return at;
  const rest = source.slice(at);
  return at + rest.length - rest.trimStart().length;
}

function nextToken(source: string, at: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match !== null) return { kind, text: match[0], at };
  }
  const line = lineAt(source, at);
  if (source[at] === '"') throw parseError(line, "unterminated quoted string");
  if (source[at] === "'") throw parseError(line, "unterminated character constant");
  if (source[at] === "`") throw parseError(line, "unterminated raw quoted string");
  throw parseError(line, `unexpected ${JSON.stringify(source[at])} in operand`);
}

export function lineAt(source: string, at: number): number {
  return source.slice(0, at).split("\n").length;
}

/** Column in Go's sense: offset from the last line break. */
export function columnAt(source: string, at: number): number {
  return at - (source.lastIndexOf("\n", at - 1) + 1);
}
