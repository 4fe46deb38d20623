import { parseDuration } from "./duration.ts";
import { invalid } from "./invalid.ts";

const nsPerMs = 1e6;
/** Longer than this, 24 days, no timer of Node's waits: it would be over at once. */
const maxTimeoutMs = 2 ** 31 - 1;

/** A time to wait (`10s`) in whole milliseconds, rounded up. Throws `invalid-argument`. */
export function parseTimeoutMs(text: string): number {
  const timeoutMs = Math.ceil(parseDuration(text) / nsPerMs);
  if (timeoutMs < 0) throw invalid(`invalid timeout ${text}: wanted no less than 0`);
  return Math.min(timeoutMs, maxTimeoutMs);
}
