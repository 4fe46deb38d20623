/** Places in the shared memory: bytes that may be read, whether that is all, whether the reader waits to be woken. */
const LENGTH = 0;
const ENDED = 1;
const WAITING = 2;

/** How far a growing file has come, as its writer tells a reader in another thread. */
export class SharedLength {
  readonly memory: SharedArrayBuffer;
  readonly #values: BigInt64Array;

  constructor(memory = new SharedArrayBuffer(3 * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#values = new BigInt64Array(memory);
  }

  /** Whether the reader has to be woken to see it. */
  grow(length: number): boolean {
    Atomics.store(this.#values, LENGTH, BigInt(length));
    return this.#wake();
  }

  /** As `grow`: nothing more comes. */
  end(length: number): boolean {
    Atomics.store(this.#values, LENGTH, BigInt(length));
    Atomics.store(this.#values, ENDED, 1n);
    return this.#wake();
  }

  /** For the reader, which is woken when the answer changes from "none yet". */
  get state(): { readonly length: number; readonly isEnded: boolean } {
    // In this order: what grows after the look wakes the reader.
    Atomics.store(this.#values, WAITING, 1n);
    const isEnded = Atomics.load(this.#values, ENDED) === 1n;
    return { length: Number(Atomics.load(this.#values, LENGTH)), isEnded };
  }

  #wake(): boolean {
    return Atomics.exchange(this.#values, WAITING, 0n) === 1n;
  }
}
