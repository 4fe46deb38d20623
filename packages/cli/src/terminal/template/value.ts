/**
 * What a template sees: JSON values, and rows of a listing whose members may be methods.
 * `bigint` stands for whole numbers that JavaScript's doubles do not hold.
 */
export type Value = null | undefined | string | number | bigint | boolean | readonly Value[] | Dot | Method;
export type Method = (...args: Value[]) => Value;
export interface Dot {
  readonly [name: string]: Value;
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isDot(value: Value): value is Dot {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isNil(value: Value): value is null | undefined {
  return value === null || value === undefined;
}

export function isNumber(value: Value): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Go's truth: false, 0, nil, and empty strings, lists and maps are false. */
export function isTrue(value: Value): boolean {
  if (isList(value)) return value.length > 0;
  if (isDot(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** A map's entries in Go's order: sorted by key. Methods of a row are none of them. */
export function sortedEntries(map: Dot): [string, Value][] {
  const entries = Object.entries(map).filter(([, value]) => typeof value !== "function");
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
