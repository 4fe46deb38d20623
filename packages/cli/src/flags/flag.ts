import { TdockError } from "@tdock/errors/error";
import { quote } from "../terminal/template/quote.ts";

/** One option of a command, with the semantics of Go's pflag, which Docker's command line is built on. */
export interface Flag<T> {
  readonly usage: string;
  /** One letter. */
  readonly short?: string;
  /** What the help shows in the place of the value; none for a boolean. */
  readonly label?: string;
  /** The value when the flag is not given. */
  readonly initial: T;
  /** What the help shows as default, where that is worth showing. */
  readonly shownDefault?: string;
  /** The value that a flag without one stands for (`--rm` is `--rm=true`); such a flag never takes the next word. */
  readonly bare?: string;
  /** Left out of the help: older spellings and what is accepted for compatibility. */
  readonly hidden?: true;
  /** The value after one more occurrence. Throws `invalid-argument` with what is wrong with `text`. */
  add(previous: T, text: string): T;
}

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** Values by flag name. */
export type FlagValues<F extends FlagTable> = {
  readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never;
};

/** What all kinds of flags share. */
export interface FlagOptions {
  readonly short?: string;
  readonly label?: string;
  readonly hidden?: true;
  readonly shownDefault?: string;
}

export function bool(usage: string, options: FlagOptions & { readonly initial?: boolean } = {}): Flag<boolean> {
  const { initial = false, ...rest } = options;
  return {
    usage,
    ...rest,
    initial,
    bare: "true",
    ...(initial && { shownDefault: "true" }),
    add: (_, text) => parseBool(text),
  };
}

/** A boolean that tells "not given" from false. */
export function optionalBool(usage: string, options: FlagOptions = {}): Flag<boolean | undefined> {
  return { usage, ...options, initial: undefined, bare: "true", add: (_, text) => parseBool(text) };
}

export function text(usage: string, options: FlagOptions = {}): Flag<string | undefined> {
  return { usage, label: "string", ...options, initial: undefined, add: (_, value) => value };
}

/** May be given several times. */
export function list(usage: string, options: FlagOptions = {}): Flag<readonly string[]> {
  return parsedList(usage, (value) => value, options);
}

/** A value that `parse` reads; it throws `invalid-argument` with what is wrong. */
export function parsed<T>(usage: string, parse: (value: string) => T, options: FlagOptions = {}): Flag<T | undefined> {
  return { usage, label: "string", ...options, initial: undefined, add: (_, value) => parse(value) };
}

export function parsedList<T>(
  usage: string,
  parse: (value: string) => T,
  options: FlagOptions = {},
): Flag<readonly T[]> {
  return { usage, label: "list", ...options, initial: [], add: (previous, value) => [...previous, parse(value)] };
}

export function int(usage: string, options: FlagOptions = {}): Flag<number | undefined> {
  return parsed(usage, parseInteger, { label: "int", ...options });
}

/** Docker's booleans, as Go's strconv.ParseBool. */
export function parseBool(value: string): boolean {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(value)) return true;
  if (["0", "f", "F", "FALSE", "false", "False"].includes(value)) return false;
  throw new TdockError("invalid-argument", `strconv.ParseBool: parsing ${quote(value)}: invalid syntax`);
}

/** A whole number, decimal, hexadecimal (0x), octal (0 or 0o) or binary (0b), as Go's strconv.ParseInt with base 0. */
export function parseInteger(value: string): number {
  const digits = value.replace(/^([+-]?)0(\d)/, "$10o$2").replace(/^\+/, "");
  const isWhole = /^-?(\d+|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(digits);
  const number = digits.startsWith("-") ? -Number(digits.slice(1)) : Number(digits);
  if (!isWhole || Number.isNaN(number)) {
    throw new TdockError("invalid-argument", `strconv.ParseInt: parsing ${quote(value)}: invalid syntax`);
  }
  if (!Number.isSafeInteger(number)) {
    throw new TdockError("invalid-argument", `strconv.ParseInt: parsing ${quote(value)}: value out of range`);
  }
  return number;
}
