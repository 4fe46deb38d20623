import { quote } from "../terminal/template/quote.ts";
import { invalid } from "./invalid.ts";

const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** `1m30s`, `500ms`, `1.5h` in nanoseconds, as Go's `time.ParseDuration`. Throws `invalid-argument` in its words. */
export function parseDuration(text: string): number {
  const [, sign = "", rest = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === "0") return 0;
  const parts = [...rest.matchAll(/(\d+\.?\d*|\.\d+)([a-z\u00b5\u03bc]*)/g)];
  if (rest === "" || parts.map(([all]) => all).join("") !== rest)
    throw invalid(`time: invalid duration ${quote(text)}`);
  let total = 0;
  for (const [, amount, unit = ""] of parts) {
    const ns = unitNs[unit];
    if (unit === "") throw invalid(`time: missing unit in duration ${quote(text)}`);
    if (ns === undefined) throw invalid(`time: unknown unit ${quote(unit)} in duration ${quote(text)}`);
    total += Number(amount) * ns;
  }
  return (sign === "-" ? -1 : 1) * Math.round(total);
}
