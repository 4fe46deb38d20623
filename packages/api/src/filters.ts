import { TdockError } from "@tdock/errors/error";

/** Filter name to the values that were given for it: a value matches if any of them does. */
export type Filters = Readonly<Record<string, readonly string[]>>;

/**
 * Reads the JSON of a `filters` parameter: `{"name": ["a"]}` or the older `{"name": {"a": true}}`.
 * The result has no prototype. Throws `invalid-argument`, in Docker's words.
 */
export function parseFilters(json: string): Filters {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new TdockError("invalid-argument", "invalid filter", { cause });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw invalid();
  const result: Record<string, readonly string[]> = Object.create(null);
  for (const [name, values] of Object.entries(parsed)) result[name] = valuesOf(values);
  return result;
}

/** Throws `invalid-argument` when a filter is not in the list, in Docker's words. */
export function checkFilterNames(given: Filters | undefined, allowed: readonly string[]): void {
  for (const name of Object.keys(given ?? {})) {
    if (!allowed.includes(name)) throw new TdockError("invalid-argument", `invalid filter '${name}'`);
  }
}

/** The value of a filter that is true or false. Throws `invalid-argument`, in Docker's words. */
export function booleanOf(name: string, value: string): boolean {
  if (["1", "true"].includes(value.toLowerCase())) return true;
  if (["0", "false"].includes(value.toLowerCase())) return false;
  throw new TdockError("invalid-argument", `invalid filter '${name}=${value}'`);
}

/** Whether a text is what a filter asks for, or has a part that its value, a regular expression, matches. */
export function matchesPattern(text: string, pattern: string): boolean {
  if (text === pattern) return true;
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return false;
  }
}

function valuesOf(values: unknown): readonly string[] {
  if (Array.isArray(values)) return values.map(textOf);
  if (typeof values === "object" && values !== null) {
    return Object.entries(values).flatMap(([value, on]) => (on === true ? [value] : []));
  }
  throw invalid();
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw invalid();
  return value;
}

function invalid(): TdockError {
  return new TdockError("invalid-argument", "invalid filter");
}
