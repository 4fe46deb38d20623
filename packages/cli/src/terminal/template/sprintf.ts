import { generalFloat, longExponent } from "./float.ts";
import { printValue, typeName } from "./print.ts";
import { quote, quoteAscii, quoteCharacter } from "./quote.ts";
import { isList, isNumber, type Value } from "./value.ts";

/** `%`, flags, `[argument]`, width, `.[argument]precision`, `[argument]`, verb. */
const directive = /%([-+# 0]*)(?:\[(\d+)\])?(\d+|\*)?(?:(\.)(?:\[(\d+)\])?(\d+|\*)?)?(?:\[(\d+)\])?(.)?/gsu;

interface Spec {
  readonly flags: string;
  readonly width: number;
  /** Digits after the point, or characters of a string; undefined when not given. */
  readonly precision: number | undefined;
  readonly verb: string;
}

/** Go's `fmt.Sprintf`, with its marks for wrong, missing and surplus arguments. */
export function sprintf(format: string, values: readonly Value[]): string {
  let next = 0;
  let jumps = false;
  const jump = (place: string | undefined) => {
    if (place === undefined) return;
    next = Number(place) - 1;
    jumps = true;
  };
  const count = (text: string | undefined) => (text === "*" ? Number(values[next++]) : Number(text ?? 0));
  const text = format.replace(directive, (...parts) => {
    const [, flags, widthAt, width, point, precisionAt, digits, valueAt, verb] = parts as (string | undefined)[];
    jump(widthAt);
    const wide = count(width);
    jump(precisionAt);
    const precision = point === undefined ? undefined : count(digits);
    jump(valueAt);
    if (verb === undefined) return "%!(NOVERB)";
    if (verb === "%") return "%";
    if (next < 0 || next >= values.length) return `%!${verb}(${jumps ? "BADINDEX" : "MISSING"})`;
    const side = wide < 0 ? `${flags}-` : (flags ?? "");
    return formatOne({ flags: side, width: Math.abs(wide), precision, verb }, values[next++]);
  });
  const extra = jumps ? [] : values.slice(next).map((value) => `${typeName(value)}=${printValue(value)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(", ")})`;
}

/** The elements of a list are formatted one by one. */
function formatOne(spec: Spec, value: Value): string {
  if (spec.verb === "v" && spec.flags.includes("#")) return pad(goSyntax(value), spec);
  if (isList(value) && spec.verb !== "T") return `[${value.map((one) => formatOne(spec, one)).join(" ")}]`;
  const formatted = byVerb[spec.verb]?.(value, spec);
  return pad(formatted ?? `%!${spec.verb}(${typeName(value)}=${printValue(value)})`, spec);
}

type Formatter = (value: Value, spec: Spec) => string | undefined;

const byVerb: Readonly<Record<string, Formatter>> = {
  v: (value, { flags }) => (isNumber(value) ? signed(printValue(value), flags) : printValue(value)),
  s: (value, { precision }) =>
    isNumber(value) || typeof value === "boolean" ? undefined : cut(printValue(value), precision),
  q: quoted,
  t: (value) => (typeof value === "boolean" ? String(value) : undefined),
  T: (value) => typeName(value),
  d: (value, spec) => whole(value, spec, { base: 10, prefix: "" }),
  b: (value, spec) => whole(value, spec, { base: 2, prefix: "0b" }),
  o: (value, spec) => whole(value, spec, { base: 8, prefix: "0" }),
  O: (value, spec) => whole(value, { ...spec, flags: `${spec.flags}#` }, { base: 8, prefix: "0o" }),
  x: hexadecimal,
  X: (value, spec) => hexadecimal(value, spec)?.toUpperCase(),
  c: (value) => (isNumber(value) ? String.fromCodePoint(Number(value)) : undefined),
  U: (value, { flags }) => (isNumber(value) ? codePoint(Number(value), flags) : undefined),
  f: (value, { precision, flags }) => real(value, flags, (number) => number.toFixed(precision ?? 6)),
  F: (value, spec) => byVerb.f?.(value, spec),
  e: (value, { precision, flags }) =>
    real(value, flags, (number) => longExponent(number.toExponential(precision ?? 6))),
  E: (value, spec) => byVerb.e?.(value, spec)?.toUpperCase(),
  g: (value, { precision, flags }) => real(value, flags, (number) => generalFloat(number, precision)),
  G: (value, spec) => byVerb.g?.(value, spec)?.toUpperCase(),
};

function quoted(value: Value, { flags }: Spec): string | undefined {
  if (isNumber(value)) return quoteCharacter(String.fromCodePoint(Number(value)));
  if (typeof value !== "string") return undefined;
  if (flags.includes("#") && !/[`\p{Cc}]/u.test(value.replaceAll("\t", ""))) return `\`${value}\``;
  return flags.includes("+") ? quoteAscii(value) : quote(value);
}

function hexadecimal(value: Value, spec: Spec): string | undefined {
  if (typeof value !== "string") return whole(value, spec, { base: 16, prefix: "0x" });
  const bytes = [...Buffer.from(value)].map((byte) => byte.toString(16).padStart(2, "0"));
  const prefix = spec.flags.includes("#") ? "0x" : "";
  if (spec.flags.includes(" ")) return bytes.map((byte) => prefix + byte).join(" ");
  return bytes.length === 0 ? "" : prefix + bytes.join("");
}

function codePoint(code: number, flags: string): string {
  const text = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return flags.includes("#") ? `${text} '${String.fromCodePoint(code)}'` : text;
}

interface Notation {
  readonly base: number;
  /** What stands before the digits with the flag `#`. */
  readonly prefix: string;
}

function whole(value: Value, { flags, precision = 0 }: Spec, { base, prefix }: Notation): string | undefined {
  if (!isNumber(value) || (typeof value === "number" && !Number.isInteger(value))) return undefined;
  const digits = value.toString(base).replace("-", "").padStart(precision, "0");
  return signed(`${value < 0 ? "-" : ""}${flags.includes("#") ? prefix : ""}${digits}`, flags);
}

function real(value: Value, flags: string, format: (value: number) => string): string | undefined {
  return typeof value === "number" ? signed(format(value), flags) : undefined;
}

function signed(digits: string, flags: string): string {
  if (digits.startsWith("-")) return digits;
  return flags.includes("+") ? `+${digits}` : flags.includes(" ") ? ` ${digits}` : digits;
}

function goSyntax(value: Value): string {
  if (typeof value === "string") return quote(value);
  if (!isList(value)) return printValue(value);
  const type = value.every((one) => typeof one === "string") ? "[]string" : typeName(value);
  return `${type}{${value.map(goSyntax).join(", ")}}`;
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : [...text].slice(0, precision).join("");
}

function pad(text: string, { flags, width }: Pick<Spec, "flags" | "width">): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  if (!flags.includes("0")) return " ".repeat(missing) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return sign + "0".repeat(missing) + text.slice(sign.length);
}
