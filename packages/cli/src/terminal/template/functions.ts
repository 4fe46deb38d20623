import { TdockError } from "@tdock/errors/error";
import { compareValues, equalValues } from "./compare.ts";
import { toJson } from "./json.ts";
import { printValue, sprint, sprintln, typeName } from "./print.ts";
import { sprintf } from "./sprintf.ts";
import { isDot, isList, isNil, isNumber, isTrue, type Value } from "./value.ts";

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
  js: (...args) => sprint(args).replace(/[\\'"<>&=\p{C}\p{Zl}\p{Zp}]/gu, scriptEscape),
  call: () => fail("call of a value that is not a function"),
  json: (value) => toJson(value),
  split: (text, separator) => asText("split", text).split(asText("split", separator)),
  join: (list, separator) => asList("join", list).map(printValue).join(asText("join", separator)),
  title: (text) => asText("title", text).replace(/(?<=^|[\s\p{ASCII}])(?<![A-Za-z0-9_])\p{Ll}/gu, titleLetter),
  lower: (text) => asText("lower", text).toLowerCase(),
  upper: (text) => asText("upper", text).toUpperCase(),
  pad: (text, before, after) => {
    const padded = asText("pad", text);
    return padded === "" ? "" : blanks(before) + padded + blanks(after);
  },
  truncate: (text, length) => truncate(asText("truncate", text), Number(length)),
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

/** Go's `template.JSEscape`. */
function scriptEscape(character: string): string {
  if ("\\'\"".includes(character)) return `\\${character}`;
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A letter with no capital of its own (`ß`) stays. */
function titleLetter(letter: string): string {
  const capital = letter.toUpperCase();
  return capital.length === letter.length ? capital : letter;
}

function blanks(count: Value): string {
  return Number(count) < 0 ? fail("strings: negative Repeat count") : " ".repeat(Number(count));
}

/** So many bytes, as Docker counts; never half a character. */
function truncate(text: string, length: number): string {
  if (length < 0) return fail(`runtime error: slice bounds out of range [:${length}]`);
  const bytes = Buffer.from(text);
  let end = Math.min(length, bytes.length);
  while (end < bytes.length && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString();
}

const htmlEscapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};

function lengthOf(value: Value): number {
  if (isNil(value)) return 0;
  if (typeof value === "string") return Buffer.byteLength(value);
  if (isList(value)) return value.length;
  if (isDot(value)) return Object.keys(value).length;
  return fail(`len of type ${typeName(value)}`);
}

function indexOne(value: Value, key: Value): Value {
  if (isNil(value)) return fail("index of untyped nil");
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
  if (isNil(value)) return [];
  return isList(value) ? value : fail(`wrong type for value; expected []string; got ${typeName(value)}`, name);
}

function fail(message: string, name?: string): never {
  throw new TdockError("invalid-argument", message, name === undefined ? {} : { reason: "argument" });
}
