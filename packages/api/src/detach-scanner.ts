import { Transform, type TransformCallback } from "node:stream";

/**
 * Passes input on until the detach keys are typed in a row: then it calls back and ends. Keys that were the beginning
 * of the sequence and were not completed are passed on as they are.
 */
export class DetachScanner extends Transform {
  readonly #keys: Uint8Array;
  readonly #detach: () => void;
  #matched = 0;

  constructor(keys: Uint8Array, detach: () => void) {
    super();
    this.#keys = keys;
    this.#detach = detach;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const passed: number[] = [];
    for (const byte of chunk) {
      if (byte === this.#keys[this.#matched]) {
        this.#matched += 1;
        if (this.#matched < this.#keys.length) continue;
        if (passed.length > 0) this.push(Buffer.from(passed));
        this.#detach();
        this.push(null);
        done();
        return;
      }
      passed.push(...this.#keys.subarray(0, this.#matched));
      // The byte that broke the sequence may begin it anew.
      this.#matched = byte === this.#keys[0] ? 1 : 0;
      if (this.#matched === 0) passed.push(byte);
    }
    done(null, passed.length > 0 ? Buffer.from(passed) : undefined);
  }
}
