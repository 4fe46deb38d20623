/** Bytes that have to come within {@link windowMs} of waiting: the slowest modem brings more. */
export const leastBytes = 1024;
const windowMs = 30_000;

/**
 * Tells a body that trickles from one that is slow: only the time counts in which nobody but the sender is waited for.
 * A body of which nothing at all comes is for the connection's own timeout.
 */
export class Pace {
  #bytes = 0;
  #waitedMs = 0;
  #askedAtMs = performance.now();

  /** The next bytes are waited for from now on. */
  wait(): void {
    this.#askedAtMs = performance.now();
  }

  /** Bytes came. Throws when they are too few for the time that was waited. */
  came(bytes: number): void {
    this.#bytes += bytes;
    this.#waitedMs += performance.now() - this.#askedAtMs;
    if (this.#bytes >= leastBytes) {
      this.#bytes = 0;
      this.#waitedMs = 0;
    } else if (this.#waitedMs >= windowMs) {
      throw new Error(`less than ${leastBytes} bytes came in ${windowMs / 1000} seconds`);
    }
  }
}
