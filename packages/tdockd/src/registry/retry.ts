import { setTimeout as sleep } from "node:timers/promises";
import { isError, TdockError } from "@tdock/errors/error";
import type { RegistrySettings } from "./client.ts";

type RetrySettings = Pick<RegistrySettings, "retryDelayMs" | "maxRetryDelayMs" | "maxTries" | "patienceMs">;

/** A failure after which the server named the time to come back. */
export class RetryLater extends TdockError {
  readonly delayMs: number;

  constructor(error: TdockError, delayMs: number) {
    super(error.code, error.message, { ...(error.reason !== undefined && { reason: error.reason }) });
    this.delayMs = delayMs;
  }
}

/**
 * Says how often and how long one thing is tried: `maxTries`, and `patienceMs` without anything moving. Only one loop
 * may try a thing again: loops inside each other would multiply.
 */
export class Patience {
  readonly #settings: RetrySettings;
  readonly #signal: AbortSignal;
  #failures = 0;
  #movedAtMs = performance.now();

  constructor(settings: RetrySettings, signal: AbortSignal) {
    this.#settings = settings;
    this.#signal = signal;
  }

  /** Failures since something was got. */
  get failures(): number {
    return this.#failures;
  }

  /** Bytes move: the time without that begins anew. */
  moved(): void {
    this.#movedAtMs = performance.now();
  }

  /** Something was got that will not be asked for again: the tries begin anew as well. */
  renew(): void {
    this.#failures = 0;
    this.moved();
  }

  /**
   * Waits before the next try: as long as the server asked for, else longer each time. Throws the failure itself when
   * another try makes no sense or the server wants more patience than there is, and `canceled`.
   */
  async afterFailure(thrown: unknown, isWorthIt = isWorthRetrying(thrown)): Promise<void> {
    this.#failures += 1;
    if (!isWorthIt || wantedDelayMs(thrown) > this.#settings.maxRetryDelayMs) throw thrown;
    if (this.#isOver()) throw gaveUp(TdockError.from(thrown), this.#failures);
    await pause(thrown instanceof RetryLater ? thrown.delayMs : this.#backOffMs(), this.#signal);
  }

  #isOver(): boolean {
    const { maxTries, patienceMs } = this.#settings;
    return this.#failures >= maxTries || performance.now() - this.#movedAtMs >= patienceMs;
  }

  /** Twice as long each time, with jitter. */
  #backOffMs(): number {
    const { retryDelayMs, maxRetryDelayMs } = this.#settings;
    const longest = Math.min(retryDelayMs * 2 ** (this.#failures - 1), maxRetryDelayMs);
    return longest / 2 + Math.random() * (longest / 2);
  }
}

/** Whether what failed may succeed a little later. */
function isWorthRetrying(thrown: unknown): boolean {
  return isError(thrown, "unavailable") && !lasting.has(thrown.reason);
}

const lasting: ReadonlySet<string | undefined> = new Set(["tls", "redirects", "unknown-host"]);

function wantedDelayMs(thrown: unknown): number {
  return thrown instanceof RetryLater ? thrown.delayMs : 0;
}

function gaveUp({ code, message, reason, cause }: TdockError, tries: number): TdockError {
  const text = tries > 1 ? `${message} (gave up after ${tries} tries)` : message;
  return new TdockError(code, text, { cause, ...(reason !== undefined && { reason }) });
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
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
