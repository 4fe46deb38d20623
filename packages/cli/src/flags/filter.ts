import type { Filters } from "@tdock/api/filters";
import { TdockError } from "@tdock/errors/error";
import { type Flag, parsedList } from "./flag.ts";

/** `--filter name=value`, any number of times. */
export function filterFlag(usage: string): Flag<readonly (readonly [string, string])[]> {
  return parsedList(usage, parseFilter, { short: "f", label: "filter" });
}

/** The same for commands where `-f` is `--force`. */
export function longFilterFlag(usage: string): Flag<readonly (readonly [string, string])[]> {
  const { short: _, ...flag } = filterFlag(usage);
  return flag;
}

function parseFilter(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at === -1) throw new TdockError("invalid-argument", "bad format of filter (expected name=value)");
  return [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()];
}

/** The `filters` parameter: undefined when there are none. */
export function filtersOf(pairs: readonly (readonly [string, string])[]): Filters | undefined {
  if (pairs.length === 0) return undefined;
  const filters: Record<string, string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    filters[name] ??= [];
    filters[name].push(value);
  }
  return filters;
}
