import { setTimeout as sleep } from "node:timers/promises";
import { TdockError } from "@tdock/errors/error";
import type { RegistrySettings } from "./client.ts";

type RetrySettings = Pick<RegistrySettings, "retryDelayMs" | "maxRetryDelayMs">;

/** Waits before try number `tries` + 1: twice as long each time, with jitter. Throws `canceled`. */
export async function backOff(tries: number, settings: RetrySettings, signal: AbortSignal): Promise<void> {
  const longest = Math.min(settings.retryDelayMs * 2 ** (tries - 1), settings.maxRetryDelayMs);
  await pause(longest / 2 + Math.random() * (longest / 2), signal);
}

/** Waits `delayMs`. Throws `canceled`. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, undefined, { signal });
  } catch (thrown) {
    throw TdockError.from(thrown);
  }
}

/**
 * The delay that a Retry-After header asks for, in milliseconds: seconds or an HTTP date. Undefined when there is
 * none, or when it is neither. A date in the past is 0.
 */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
