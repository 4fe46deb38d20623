import { printValue, typeName } from "./print.ts";
import { quote } from "./quote.ts";
import { isNumber, type Value } from "./value.ts";

const verb = /%([-+# 0]*)(\d+|\*)?(?:\.(\d+|\*)?)?([a-zA-Z%])/g;

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
  const text = format.replace(
    verb,
    (all, flags: string, width: string | undefined, digits: string | undefined, v: string) => {
      if (v === "%") return "%";
      const wide = width === "*" ? Number(values[next++]) : Number(width ?? 0);
      const precision = !all.includes(".") ? undefined : digits === "*" ? Number(values[next++]) : Number(digits ?? 0);
      if (next >= values.length) return `%!${v}(MISSING)`;
      return pad(formatOne({ flags, width: wide, precision, verb: v }, values[next++]), { flags, width: wide });
    },
  );
  const extra = values.slice(next).map((value) => `${typeName(value)}=${printValue(value)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(", ")})`;
}

function formatOne(spec: Spec, value: Value): string {
  const formatted = byVerb[spec.verb]?.(value, spec);
  return formatted ?? `%!${spec.verb}(${typeName(value)}=${printValue(value)})`;
}

type Formatter = (value: Value, spec: Spec) => string | undefined;

const byVerb: Readonly<Record<string, Formatter>> = {
  v: (value) => printValue(value),
  s: (value, { precision }) =>
    isNumber(value) || typeof value === "boolean" ? undefined : cut(printValue(value), precision),
  q: (value) => (typeof value === "string" ? quote(value) : undefined),
  t: (value) => (typeof value === "boolean" ? String(value) : undefined),
  T: (value) => typeName(value),
  d: (value, spec) => whole(value, 10, spec),
  b: (value, spec) => whole(value, 2, spec),
  o: (value, spec) => whole(value, 8, spec),
  x: (value, spec) => (typeof value === "string" ? Buffer.from(value).toString("hex") : whole(value, 16, spec)),
  X: (value, spec) => whole(value, 16, spec)?.toUpperCase(),
  c: (value) => (isNumber(value) ? String.fromCodePoint(Number(value)) : undefined),
  U: (value) => (isNumber(value) ? `U+${Number(value).toString(16).toUpperCase().padStart(4, "0")}` : undefined),
  f: (value, { precision, flags }) => real(value, flags, (number) => number.toFixed(precision ?? 6)),
  e: (value, { precision, flags }) => real(value, flags, (number) => exponent(number.toExponential(precision ?? 6))),
  g: (value, { precision, flags }) =>
    real(value, flags, (number) =>
      precision === undefined ? String(number) : String(Number(number.toPrecision(precision))),
    ),
};

function whole(value: Value, base: number, { flags }: Spec): string | undefined {
  if (!isNumber(value) || (typeof value === "number" && !Number.isInteger(value))) return undefined;
  return signed(value.toString(base), flags);
}

function real(value: Value, flags: string, format: (value: number) => string): string | undefined {
  return typeof value === "number" ? signed(format(value), flags) : undefined;
}

function signed(digits: string, flags: string): string {
  if (digits.startsWith("-")) return digits;
  return flags.includes("+") ? `+${digits}` : flags.includes(" ") ? ` ${digits}` : digits;
}

/** Go writes at least two digits of exponent. */
function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
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
