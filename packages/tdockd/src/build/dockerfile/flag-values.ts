import type { Token } from "./flags.ts";
import { type LogicalLine, syntaxError } from "./source.ts";
import { suggestion } from "./suggestion.ts";

/** `bool` may stand alone; `list` may be repeated. */
export type FlagType = "bool" | "text" | "list";

type FlagValue<T extends FlagType> = T extends "bool"
  ? boolean | undefined
  : T extends "text"
    ? string
    : readonly string[];

export type FlagValues<S extends Readonly<Record<string, FlagType>>> = { readonly [K in keyof S]: FlagValue<S[K]> };

/**
 * Reads an instruction's flags against what it knows. Throws for an unknown flag, one given twice, one without
 * its value. Follows BuildKit's instructions/bflag.go.
 */
export function readFlags<const S extends Readonly<Record<string, FlagType>>>(
  line: LogicalLine,
  tokens: readonly Token[],
  schema: S,
): FlagValues<S> {
  const values: Record<string, boolean | string | string[] | undefined> = {};
  for (const [name, type] of Object.entries(schema)) {
    values[name] = type === "list" ? [] : type === "text" ? "" : undefined;
  }
  const seen = new Set<string>();
  for (const token of tokens) readFlag(line, token, schema, seen, values);
  return values as FlagValues<S>;
}

function readFlag(
  line: LogicalLine,
  token: Token,
  schema: Readonly<Record<string, FlagType>>,
  seen: Set<string>,
  values: Record<string, boolean | string | string[] | undefined>,
): void {
  const equals = token.text.indexOf("=");
  const flag = equals === -1 ? token.text : token.text.slice(0, equals);
  const value = equals === -1 ? undefined : token.text.slice(equals + 1);
  const name = flag.slice(2);
  const type = Object.hasOwn(schema, name) ? schema[name] : undefined;
  if (type === undefined) {
    throw syntaxError(line, token.offset, `unknown flag: ${flag}${suggestion(name, Object.keys(schema))}`);
  }
  if (seen.has(name) && type !== "list") throw syntaxError(line, token.offset, `duplicate flag specified: ${flag}`);
  seen.add(name);
  if (type === "bool") {
    values[name] = readBool(line, token, flag, value);
    return;
  }
  if (value === undefined) throw syntaxError(line, token.offset, `missing a value on flag: ${flag}`);
  if (type === "text") values[name] = value;
  else (values[name] as string[]).push(value);
}

function readBool(line: LogicalLine, token: Token, flag: string, value: string | undefined): boolean {
  switch (value?.toLowerCase()) {
    case undefined:
    case "true":
      return true;
    case "false":
      return false;
    case "":
      throw syntaxError(line, token.offset, `missing a value on flag: ${flag}`);
    default:
      throw syntaxError(line, token.offset, `expecting boolean value for flag ${flag}, not: ${value}`);
  }
}
