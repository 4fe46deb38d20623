import { parseDuration } from "./duration.ts";
import { invalid } from "./invalid.ts";

/**
 * A point in time as the engine wants it, in seconds since 1970 with nanoseconds: from `42m` (so long ago), seconds
 * since 1970, or a date such as `2026-11-24T05:26:45Z`, where what is left out is zero and the zone is the local one
 * (moby `api/types/time`). Throws `invalid-argument`.
 */
export function parseMoment(name: "since" | "until", text: string, nowMs = Date.now()): string {
  if (/^\d+(\.\d{1,9})?$/.test(text)) return text;
  if (/^-?\d.*[a-z\u00b5\u03bc]$/.test(text)) return agoOf(text, nowMs);
  return dateOf(name, text);
}

function agoOf(text: string, nowMs: number): string {
  const nano = BigInt(nowMs) * 1_000_000n - BigInt(parseDuration(text));
  return `${nano / 1_000_000_000n}.${String(nano % 1_000_000_000n).padStart(9, "0")}`;
}

const shape = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?)?(Z|[+-]\d{2}:\d{2})?$/;

function dateOf(name: string, text: string): string {
  const refused = invalid(`invalid value for "${name}": failed to parse value as time or duration: "${text}"`);
  const match = shape.exec(text);
  if (match === null) throw refused;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone = ""] = match;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  if (Number.isNaN(ms)) throw refused;
  return `${Math.floor(ms / 1000)}.${fraction.padEnd(9, "0")}`;
}
