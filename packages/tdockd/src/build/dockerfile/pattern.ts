import { TdockError } from "@tdock/errors/error";

/** One piece of a shell pattern: a literal character, `?` or `*`. */
type Piece = { readonly kind: "char"; readonly char: string } | { readonly kind: "any" } | { readonly kind: "run" };

/** Comparisons that one substitution may take. */
const maxSteps = 20_000_000;

/** `${v#p}`, `${v##p}`, `${v%p}`, `${v%%p}`; `pattern` begins with the second `#` or `%` for the longest match. */
export function trimPattern(value: string, side: "#" | "%", pattern: string): string {
  const longest = pattern.startsWith(side);
  const pieces = parsePattern(longest ? pattern.slice(1) : pattern);
  if (side === "#") {
    const length = matchLength(pieces, [...value], 0, longest, budget());
    return length === undefined ? value : [...value].slice(length).join("");
  }
  const reversed = [...value].reverse();
  const length = matchLength(pieces.toReversed(), reversed, 0, longest, budget());
  return length === undefined ? value : reversed.slice(length).reverse().join("");
}

/** `${v/p/r}` and, with `all`, `${v//p/r}`: the leftmost longest matches give way to `replacement`. */
export function replacePattern(value: string, pattern: string, replacement: string, all: boolean): string {
  const pieces = parsePattern(pattern);
  const chars = [...value];
  const steps = budget();
  let result = "";
  for (let at = 0; at <= chars.length; ) {
    const length = matchLength(pieces, chars, at, true, steps);
    if (length !== undefined && !all) return result + replacement + chars.slice(at + length).join("");
    if (length !== undefined) result += replacement;
    if (length === undefined || length === 0) result += chars[at] ?? "";
    at += Math.max(1, length ?? 0);
  }
  return result;
}

function parsePattern(pattern: string): Piece[] {
  const pieces: Piece[] = [];
  const chars = [...pattern];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? "";
    if (char === "*") {
      if (pieces.at(-1)?.kind !== "run") pieces.push({ kind: "run" });
    } else if (char === "?") pieces.push({ kind: "any" });
    else pieces.push({ kind: "char", char: char === "\\" ? escapedChar(chars[++at]) : char });
  }
  return pieces;
}

function escapedChar(char: string | undefined): string {
  if (char !== undefined && "*?\\}/".includes(char)) return char;
  throw new TdockError("invalid-argument", `invalid escape '\\${char ?? ""}' in the pattern of a substitution`);
}

interface Budget {
  steps: number;
}

function budget(): Budget {
  return { steps: maxSteps };
}

/**
 * Length of the shortest or longest match that begins at `from`. Keeps the set of pieces that may come next, so
 * that no pattern makes it slow: time is at most the text's length times the pattern's.
 */
function matchLength(
  pieces: readonly Piece[],
  chars: readonly string[],
  from: number,
  longest: boolean,
  work: Budget,
): number | undefined {
  let states = closure(pieces, [0]);
  let found: number | undefined;
  for (let at = from; states.size > 0; at++) {
    if (states.has(pieces.length)) {
      found = at - from;
      if (!longest) return found;
    }
    const char = chars[at];
    if (char === undefined) break;
    work.steps -= states.size;
    if (work.steps < 0) throw new TdockError("invalid-argument", "a pattern in a substitution takes too long to match");
    states = closure(pieces, step(pieces, states, char));
  }
  return found;
}

function* step(pieces: readonly Piece[], states: ReadonlySet<number>, char: string): Generator<number> {
  for (const state of states) {
    const piece = pieces[state];
    if (piece?.kind === "run") yield state;
    else if (piece?.kind === "any" || (piece?.kind === "char" && piece.char === char)) yield state + 1;
  }
}

/** The states, and those reached by letting a `*` match nothing. */
function closure(pieces: readonly Piece[], states: Iterable<number>): Set<number> {
  const all = new Set<number>();
  for (const state of states) {
    all.add(state);
    for (let next = state; pieces[next]?.kind === "run"; next++) all.add(next + 1);
  }
  return all;
}
