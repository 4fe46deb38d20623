import type { RecordTime } from "./record.ts";

const driftMs = 2;

/** Wall-clock time finer than `Date.now()`: the monotonic clock, set right whenever the two differ by over 2 ms. */
export class Clock implements RecordTime {
  seconds = 0;
  nanoseconds = 0;
  #offsetMs = performance.timeOrigin;

  /** Moves `seconds` and `nanoseconds` to now. */
  tick(): this {
    const wallMs = Date.now();
    let nowMs = this.#offsetMs + performance.now();
    if (Math.abs(nowMs - wallMs) > driftMs) {
      this.#offsetMs += wallMs - nowMs;
      nowMs = wallMs;
    }
    this.seconds = Math.floor(nowMs / 1000);
    this.nanoseconds = Math.floor((nowMs - this.seconds * 1000) * 1e6);
    return this;
  }
}
