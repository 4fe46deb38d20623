import { parseDuration } from "./duration.ts";

const daySeconds = 24 * 3600;

/** `7d`, `36h`, `1d12h` in seconds: days, then what Go's durations know. Throws `invalid-argument`. */
export function parseAge(text: string): number {
  const [, days, rest = ""] = /^(\d+)d(.*)$/s.exec(text) ?? [];
  if (days === undefined) return parseDuration(text) / 1e9;
  return Number(days) * daySeconds + (rest === "" ? 0 : parseDuration(rest) / 1e9);
}
