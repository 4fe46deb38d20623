import { TdockError } from "@tdock/errors/error";
import { compareValues, equalValues } from "./compare.ts";
import { toJson } from "./json.ts";
import { printValue, sprint, sprintln, typeName } from "./print.ts";
import { sprintf } from "./sprintf.ts";
import { isDot, isList, isNumber, isTrue, type Value } from "./value.ts";

/** A function of the template language. Throws `invalid-argument`; the caller adds the place. */
export type TemplateFunction = (...args: Value[]) => Value;

/** Go's own functions and those that Docker adds to them (docker/cli `templates/templates.go`). */
export const templateFunctions: Readonly<Record<string, TemplateFunction>> = {
  and: (...args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1),
  or: (...args) => args.find(isTrue) ?? args.at(-1),
  not: (arg) => !isTrue(arg),
  eq: (first, ...others) => others.some((other) => equalValues(first, other)),
  ne: (a, b) => !equalValues(a, b),
  lt: (a, b) => compareValues(a, b) < 0,
  le: (a, b) => compareValues(a, b) <= 0,
  gt: (a, b) => compareValues(a, b) > 0,
  ge: (a, b) => compareValues(a, b) >= 0,
  len: lengthOf,
  index: (value, ...keys) => keys.reduce(indexOne, value),
  slice: sliceOf,
  print: (...args) => sprint(args),
  println: (...args) => sprintln(args),
  printf: (format, ...args) => sprintf(asText("printf", format), args),
  html: (...args) => sprint(args).replace(/[&<>"']/g, (character) => htmlEscapes[character] ?? character),
  urlquery: (...args) => encodeURIComponent(sprint(args)).replaceAll("%20", "+"),
  js: (...args) => toJson(sprint(args)).slice(1, -1).replaceAll("'", "\\'"),
  call: () => fail("call of a value that is not a function"),
  json: (value) => toJson(value),
  split: (text, separator) => asText("split", text).split(asText("split", separator)),
  join: (list, separator) => asList("join", list).map(printValue).join(asText("join", separator)),
  title: (text) =>
    asText("title", text).replace(
      /(^|[^\p{L}\p{N}_'])(\p{Ll})/gu,
      (_, before, letter) => before + letter.toUpperCase(),
    ),
  lower: (text) => asText("lower", text).toLowerCase(),
  upper: (text) => asText("upper", text).toUpperCase(),
  pad: (text, before, after) => {
    const padded = asText("pad", text);
    return padded === "" ? "" : " ".repeat(Number(before)) + padded + " ".repeat(Number(after));
  },
  truncate: (text, length) => [...asText("truncate", text)].slice(0, Number(length)).join(""),
};

/** In the header of a table, functions that reshape a value leave the column's title as it is. */
export const headerFunctions: Readonly<Record<string, TemplateFunction>> = {
  ...templateFunctions,
  json: (value) => value,
  split: (value) => value,
  join: (value) => value,
  title: (value) => value,
  lower: (value) => value,
  upper: (value) => value,
  truncate: (value) => value,
};

const htmlEscapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};

function lengthOf(value: Value): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === "string") return Buffer.byteLength(value);
  if (isList(value)) return value.length;
  if (isDot(value)) return Object.keys(value).length;
  return fail(`len of type ${typeName(value)}`);
}

function indexOne(value: Value, key: Value): Value {
  if (value === null || value === undefined) return fail("index of untyped nil");
  if (isDot(value)) {
    const name = asText("index", key);
    return Object.hasOwn(value, name) ? value[name] : "";
  }
  const list =
    typeof value === "string"
      ? [...Buffer.from(value)]
      : isList(value)
        ? value
        : fail(`can't index item of type ${typeName(value)}`);
  if (!isNumber(key)) return fail(`cannot index slice/array with type ${typeName(key)}`);
  const at = Number(key);
  return at >= 0 && at < list.length ? list[at] : fail(`index out of range: ${at}`);
}

function sliceOf(value: Value, from: Value = 0, to?: Value): Value {
  const length = lengthOf(value);
  const [start, end] = [Number(from), Number(to ?? length)];
  if (start < 0 || start > length) return fail(`index out of range: ${start}`);
  if (end < start || end > length)
    return fail(start > end ? `invalid slice index: ${start} > ${end}` : `index out of range: ${end}`);
  if (typeof value === "string") return Buffer.from(value).subarray(start, end).toString();
  return isList(value) ? value.slice(start, end) : fail(`can't slice item of type ${typeName(value)}`);
}

function asText(name: string, value: Value): string {
  if (typeof value === "string") return value;
  return fail(`wrong type for value; expected string; got ${typeName(value)}`, name);
}

function asList(name: string, value: Value): readonly Value[] {
  if (value === null || value === undefined) return [];
  return isList(value) ? value : fail(`wrong type for value; expected []string; got ${typeName(value)}`, name);
}

function fail(message: string, name?: string): never {
  throw new TdockError("invalid-argument", message, name === undefined ? {} : { reason: "argument" });
}
