import { syntaxErrorAt } from "./source.ts";

/** The parser directives at the top of a Dockerfile. */
export interface Directives {
  readonly escapeChar: "\\" | "`";
  readonly syntax: string | undefined;
  readonly check: string | undefined;
  /** Physical lines, from the first, that are directives. */
  readonly lineCount: number;
}

const directive = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S.*)$/;

/**
 * Reads `# name=value` lines from the top until the first line that is no known directive.
 * Throws for a directive given twice and for an escape character other than `\` and backtick.
 * Follows BuildKit's parser/directives.go.
 */
export function parseDirectives(file: string, text: string): Directives {
  const found = new Map<string, string>();
  let lineCount = 0;
  for (let at = 0; at < text.length; ) {
    const end = endOfLine(text, at);
    const match = directive.exec(text.slice(at, Math.min(end, at + 4096)).trim());
    const name = match?.[1]?.toLowerCase();
    if (name !== "syntax" && name !== "escape" && name !== "check") break;
    const position = { line: lineCount + 1, column: 1 };
    if (found.has(name)) throw syntaxErrorAt(file, position, `only one ${name} parser directive can be used`);
    found.set(name, match?.[2]?.trim() ?? "");
    if (name === "escape") escapeOf(file, position.line, found);
    lineCount++;
    at = end + 1;
  }
  const escapeChar = escapeOf(file, 1, found);
  return { escapeChar, syntax: found.get("syntax"), check: found.get("check"), lineCount };
}

function escapeOf(file: string, line: number, found: ReadonlyMap<string, string>): "\\" | "`" {
  const value = found.get("escape") ?? "\\";
  if (value === "\\" || value === "`") return value;
  throw syntaxErrorAt(file, { line, column: 1 }, `invalid escape token '${value}' does not match \` or \\`);
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}
