/** What of a chunk of input goes on, and whether the detach keys were complete in it. */
export interface Scanned {
  readonly passed: Uint8Array;
  readonly detached: boolean;
}

/**
 * Looks for the detach keys, typed in a row. Keys that were the beginning of the sequence and were not completed are
 * passed on as they are; nothing is after the sequence.
 */
export class DetachScanner {
  readonly #keys: Uint8Array;
  #matched = 0;

  constructor(keys: Uint8Array) {
    this.#keys = keys;
  }

  scan(chunk: Uint8Array): Scanned {
    const passed: number[] = [];
    for (const byte of chunk) {
      if (byte === this.#keys[this.#matched]) {
        this.#matched += 1;
        if (this.#matched < this.#keys.length) continue;
        return { passed: Uint8Array.from(passed), detached: true };
      }
      passed.push(...this.#keys.subarray(0, this.#matched));
      // The byte that broke the sequence may begin it anew.
      this.#matched = byte === this.#keys[0] ? 1 : 0;
      if (this.#matched === 0) passed.push(byte);
    }
    return { passed: Uint8Array.from(passed), detached: false };
  }
}
