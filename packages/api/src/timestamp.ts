import { TdockError } from "@tdock/errors/error";

export interface Timestamp {
  /** Milliseconds since 1970, with a fraction. */
  readonly ms: number;
  /** The same in nanoseconds. */
  readonly ns: bigint;
}

/**
 * Reads a time parameter as Docker sends it: seconds since 1970 with up to nine decimals, or RFC 3339.
 * Absent and empty give `undefined`. Throws `invalid-argument`.
 */
export function parseTimestamp(name: string, value: string | undefined): Timestamp | undefined {
  // Clients send `until=0` when there is no end; `since=0` is the beginning of time.
  if (value === undefined || value === "" || (name === "until" && value === "0")) return undefined;
  const seconds = /^(-?\d{1,12})(?:\.(\d{1,9}))?$/.exec(value);
  if (seconds !== null) {
    const [, whole = "0", fraction = ""] = seconds;
    const ns = BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
    return { ms: Number(ns) / 1e6, ns };
  }
  const ms = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new TdockError(
      "invalid-argument",
      `invalid value for "${name}": failed to parse value as time or duration: ${JSON.stringify(value)}`,
    );
  }
  return { ms, ns: BigInt(ms) * 1_000_000n };
}
