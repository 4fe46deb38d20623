import { TdockError } from "@tdock/errors/error";
import { type Filters, parseFilters } from "./filters.ts";

/** How one query parameter is written and read. `decode` gets every value given; none means absent. */
export interface QueryCodec<T> {
  decode(values: readonly string[], name: string): T | undefined;
  encode(value: T): readonly string[];
}

const falseWords = new Set(["", "0", "no", "false", "none"]);

/** Docker's booleans: everything but the empty string, 0, no, false and none is true. */
export const bool: QueryCodec<boolean> = {
  decode: ([value]) => (value === undefined ? undefined : !falseWords.has(value.trim().toLowerCase())),
  encode: (value) => [value ? "1" : "0"],
};

export const text: QueryCodec<string> = {
  decode: ([value]) => value,
  encode: (value) => [value],
};

/** A parameter that may be given several times. */
export const texts: QueryCodec<readonly string[]> = {
  decode: (values) => (values.length === 0 ? undefined : values),
  encode: (values) => values,
};

/** A whole number. Throws `invalid-argument` for anything else; the empty string counts as absent. */
export const int: QueryCodec<number> = {
  decode([value], name) {
    if (value === undefined || value === "") return undefined;
    const number = Number(value);
    if (/^[+-]?\d{1,16}$/.test(value) && Number.isSafeInteger(number)) return number;
    throw new TdockError("invalid-argument", `query parameter ${name}: wanted a whole number, got ${quote(value)}`);
  },
  encode: (value) => [String(value)],
};

/** The JSON `filters` parameter, in its map and its list form. Throws `invalid-argument`. */
export const filters: QueryCodec<Filters> = {
  decode: ([value]) => (value === undefined || value === "" ? undefined : parseFilters(value)),
  encode: (value) => [JSON.stringify(value)],
};

/** A parameter that holds JSON. The decoded value is not checked: the handler knows what it wants. */
export const json: QueryCodec<unknown> = {
  decode([value], name) {
    if (value === undefined || value === "") return undefined;
    try {
      return JSON.parse(value) as unknown;
    } catch (cause) {
      throw new TdockError("invalid-argument", `query parameter ${name}: not JSON: ${quote(value)}`, { cause });
    }
  },
  encode: (value) => [JSON.stringify(value)],
};

function quote(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
