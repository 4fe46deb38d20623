import { TdockError } from "@tdock/errors/error";
import { parseTimestamp } from "./timestamp.ts";

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** A Go duration such as `1h30m` in milliseconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount = "", unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(amount) * (unitMs[unit] ?? 0);
  }
  return total;
}

/** The moment that an `until` filter names, in milliseconds since 1970: a time, or a duration before `now`. */
export function parseUntil(until: string, now: Date): number {
  const duration = parseDuration(until);
  if (duration !== undefined) return now.getTime() - duration;
  const timestamp = parseTimestamp("until", until);
  if (timestamp === undefined)
    throw new TdockError("invalid-argument", `invalid until filter: ${JSON.stringify(until)}`);
  return timestamp.ms;
}
