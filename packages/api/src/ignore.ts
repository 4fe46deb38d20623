import { posix } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { compileGlob, type PathTest } from "./glob.ts";

/** What the patterns say of one path; hand a folder's to its children. */
export interface IgnoreResult {
  readonly ignored: boolean;
  /** Per pattern, whether it matches the path or a folder above it. */
  readonly matched: readonly boolean[];
}

/** The patterns of a .dockerignore file, or of `--exclude`. */
export interface IgnoreMatcher {
  /** Tests a slash-separated path relative to the context's root. `parent` is the result of its folder. */
  test(path: string, parent?: IgnoreResult): IgnoreResult;
  /** Whether a `!` pattern may bring back something below an ignored folder: else it need not be walked. */
  mayHoldIncluded(folder: string): boolean;
}

/**
 * The patterns of an ignore file in order, cleaned; exceptions keep their `!`.
 * Follows moby/patternmatcher (ignorefile): a byte order mark, comments in column 0 and blank lines are dropped.
 */
export function parseIgnoreFile(text: string): string[] {
  const lines = text.replace(/^\u{FEFF}/u, "").split("\n");
  return lines.flatMap((line) => (line.startsWith("#") || line.trim() === "" ? [] : [cleanLine(line.trim())]));
}

function cleanLine(line: string): string {
  const inverted = line.startsWith("!");
  const pattern = inverted ? line.slice(1).trim() : line;
  const cleaned = pattern === "" ? "" : cleanPath(pattern);
  const relative = cleaned.length > 1 && cleaned.startsWith("/") ? cleaned.slice(1) : cleaned;
  return inverted ? `!${relative}` : relative;
}

interface Pattern {
  readonly exception: boolean;
  readonly text: string;
  readonly test: PathTest;
}

/**
 * Compiles patterns: the last that matches a path, or a folder above it, decides.
 * Throws `invalid-argument` for a lone `!` and for a pattern that is malformed. Follows moby/patternmatcher.
 */
export function createIgnoreMatcher(patterns: readonly string[]): IgnoreMatcher {
  const compiled = patterns.map((pattern) => pattern.trim()).filter((pattern) => pattern !== "");
  const all = compiled.map(compilePattern);
  const exceptions = all.filter((pattern) => pattern.exception).map((pattern) => literalPrefix(pattern.text));
  return {
    test: (path, parent) => test(all, path, parent ?? testParents(all, path)),
    mayHoldIncluded(folder) {
      const below = `${folder}/`;
      return exceptions.some((prefix) => prefix.startsWith(below) || below.startsWith(prefix));
    },
  };
}

function compilePattern(pattern: string): Pattern {
  const exception = pattern.startsWith("!");
  if (pattern === "!") throw new TdockError("invalid-argument", 'illegal exclusion pattern: "!"');
  const text = cleanPath(exception ? pattern.slice(1) : pattern);
  return { exception, text, test: compileGlob(text, "any-level") };
}

function test(patterns: readonly Pattern[], path: string, parent: IgnoreResult | undefined): IgnoreResult {
  let ignored = false;
  const matched = patterns.map((pattern, index) => {
    let match = parent?.matched[index] ?? false;
    // a pattern that could not change the outcome is not tried, as in moby
    if (!match && pattern.exception === ignored) match = pattern.test(path);
    if (match) ignored = !pattern.exception;
    return match;
  });
  return { ignored, matched };
}

function testParents(patterns: readonly Pattern[], path: string): IgnoreResult | undefined {
  const folder = posix.dirname(path);
  if (folder === "." || folder === "/") return undefined;
  return test(patterns, folder, testParents(patterns, folder));
}

function literalPrefix(pattern: string): string {
  return /^[^*?[\\]*/.exec(pattern)?.[0] ?? "";
}

/** Go's filepath.Clean: no trailing slash. */
function cleanPath(path: string): string {
  const cleaned = posix.normalize(path);
  return cleaned.length > 1 && cleaned.endsWith("/") ? cleaned.slice(0, -1) : cleaned;
}
