import { TdockError } from "@tdock/errors/error";

/** Matches slash-separated paths. */
export type PathTest = (path: string) => boolean;

/**
 * - `one-level`: Go's `filepath.Match`: `*` and `?` stop at a slash, `[a-z]` and `[^a-z]` are classes, `\x` is x;
 * - `any-level`: moby's patternmatcher: besides, `**` is any number of folders, none included, and at the end
 *   everything below.
 */
export type GlobKind = "one-level" | "any-level";

/** Whether `pattern` holds a character with a meaning. */
export function hasWildcard(pattern: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*[*?[]/.test(pattern);
}

/**
 * Compiles a pattern. The test takes time linear in the path for any pattern: it keeps the set of places that the
 * pattern may have reached and never goes back. Throws `invalid-argument` for a class that does not end and a
 * trailing backslash.
 */
export function compileGlob(pattern: string, kind: GlobKind): PathTest {
  const steps = parseGlob(pattern, kind);
  const literal = literalOf(steps);
  if (literal !== undefined) return (path) => path === literal;
  const prefix = steps.slice(
    0,
    steps.findIndex((step) => step.kind !== "char"),
  );
  const head = prefix.map((step) => (step.kind === "char" ? step.char : "")).join("");
  const rest = steps.slice(prefix.length);
  return (path) => path.startsWith(head) && run(rest, path, head.length);
}

type Step =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "any" }
  | { readonly kind: "class"; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] }
  /** `*`: characters but slashes. */
  | { readonly kind: "run" }
  /** `**` at the end: everything. */
  | { readonly kind: "rest" }
  /** `**` elsewhere is these two: the next step may be left out; it takes anything and ends after a slash. */
  | { readonly kind: "optional" }
  | { readonly kind: "folders" };

function literalOf(steps: readonly Step[]): string | undefined {
  if (!steps.every((step) => step.kind === "char")) return undefined;
  return steps.map((step) => (step.kind === "char" ? step.char : "")).join("");
}

function parseGlob(pattern: string, kind: GlobKind): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length; ) {
    const char = pattern.charAt(at);
    if (char === "*" && kind === "any-level" && pattern.charAt(at + 1) === "*") {
      const slash = pattern.charAt(at + 2) === "/";
      const suffix = at === 0 && !slash && !hasWildcard(pattern.slice(2)); // moby: `**x` is whatever ends with x
      at += slash ? 3 : 2;
      if (suffix || at >= pattern.length) steps.push({ kind: "rest" });
      else steps.push({ kind: "optional" }, { kind: "folders" });
    } else if (char === "[") at = parseClass(pattern, at, steps);
    else if (char === "\\") {
      if (at + 1 >= pattern.length) throw badPattern(pattern);
      steps.push({ kind: "char", char: pattern.charAt(at + 1) });
      at += 2;
    } else {
      steps.push(char === "*" ? { kind: "run" } : char === "?" ? { kind: "any" } : { kind: "char", char });
      at++;
    }
  }
  return steps;
}

function parseClass(pattern: string, from: number, steps: Step[]): number {
  const negated = pattern.charAt(from + 1) === "^";
  const ranges: [string, string][] = [];
  let at = from + (negated ? 2 : 1);
  const next = () => {
    if (pattern.charAt(at) === "\\") at++;
    const char = pattern.charAt(at++);
    if (char === "") throw badPattern(pattern);
    return char;
  };
  while (pattern.charAt(at) !== "]" || ranges.length === 0) {
    if (pattern.charAt(at) === "-" || pattern.charAt(at) === "]") throw badPattern(pattern);
    const low = next();
    if (pattern.charAt(at) === "-") at++;
    else {
      ranges.push([low, low]);
      continue;
    }
    if (pattern.charAt(at) === "]") throw badPattern(pattern);
    ranges.push([low, next()]);
  }
  steps.push({ kind: "class", negated, ranges });
  return at + 1;
}

function badPattern(pattern: string): TdockError {
  return new TdockError("invalid-argument", `syntax error in pattern: ${pattern}`);
}

/** Whether the steps match the path from `from` to its end: a breadth-first walk over (step, character). */
function run(steps: readonly Step[], path: string, from: number): boolean {
  let states = closure(steps, [0]);
  for (let at = from; at < path.length; at++) {
    const char = path.charAt(at);
    const next: number[] = [];
    for (const state of states) {
      const step = steps[state];
      if (step !== undefined) advance(step, state, char, next);
    }
    if (next.length === 0) return false;
    states = closure(steps, next);
  }
  return states.has(steps.length);
}

function advance(step: Step, state: number, char: string, next: number[]): void {
  switch (step.kind) {
    case "char":
      if (step.char === char) next.push(state + 1);
      return;
    case "any":
      if (char !== "/") next.push(state + 1);
      return;
    case "class":
      if (step.ranges.some(([low, high]) => low <= char && char <= high) !== step.negated) next.push(state + 1);
      return;
    case "run":
      if (char !== "/") next.push(state);
      return;
    case "rest":
      next.push(state);
      return;
    case "folders":
      next.push(state);
      if (char === "/") next.push(state + 1);
  }
}

/** The states, and those reached from them without taking a character. */
function closure(steps: readonly Step[], states: readonly number[]): Set<number> {
  const all = new Set<number>(states);
  for (const state of all) {
    const kind = steps[state]?.kind;
    if (kind === "run" || kind === "rest" || kind === "optional") all.add(state + 1);
    if (kind === "optional") all.add(state + 2);
  }
  return all;
}
