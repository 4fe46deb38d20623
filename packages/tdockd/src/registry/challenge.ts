/** One challenge of a WWW-Authenticate header: `Bearer realm="…",service="…"`. Names are in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const maxHeaderLength = 16 * 1024;

/**
 * Reads the challenges of a WWW-Authenticate header (RFC 9110, section 11.6.1), several to a header.
 * Never throws; takes time linear in the length; a malformed rest is left out.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const cursor = { text: header.slice(0, maxHeaderLength), at: 0 };
  for (;;) {
    skip(cursor, " \t,");
    const token = readToken(cursor);
    if (token === "") return challenges;
    skip(cursor, " \t");
    if (cursor.text[cursor.at] !== "=") {
      challenges.push({ scheme: token.toLowerCase(), parameters: new Map() });
      continue;
    }
    cursor.at += 1;
    skip(cursor, " \t");
    const value = cursor.text[cursor.at] === '"' ? readQuoted(cursor) : readToken(cursor);
    const last = challenges.at(-1);
    if (value === undefined || last === undefined) return challenges;
    if (!last.parameters.has(token.toLowerCase())) last.parameters.set(token.toLowerCase(), value);
  }
}

interface Cursor {
  readonly text: string;
  at: number;
}

const tokenCharacter = /[!#$%&'*+\-.^_`|~0-9A-Za-z:/]/;

function skip(cursor: Cursor, characters: string): void {
  while (cursor.at < cursor.text.length && characters.includes(cursor.text[cursor.at] as string)) cursor.at += 1;
}

function readToken(cursor: Cursor): string {
  const start = cursor.at;
  while (cursor.at < cursor.text.length && tokenCharacter.test(cursor.text[cursor.at] as string)) cursor.at += 1;
  return cursor.text.slice(start, cursor.at);
}

/** The value of a quoted string, or undefined when its closing quote is missing. */
function readQuoted(cursor: Cursor): string | undefined {
  const parts: string[] = [];
  cursor.at += 1;
  while (cursor.at < cursor.text.length) {
    const character = cursor.text[cursor.at] as string;
    cursor.at += 1;
    if (character === '"') return parts.join("");
    if (character === "\\" && cursor.at < cursor.text.length) {
      parts.push(cursor.text[cursor.at] as string);
      cursor.at += 1;
    } else parts.push(character);
  }
  return undefined;
}
