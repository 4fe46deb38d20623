import { TdockError } from "@tdock/errors/error";

/** Two requests of one client come at the same time: whichever is first waits for the other. */
const patienceMs = 15_000;

/** Values by ID, for those who may ask for one before it is there. */
export class Expected<T> {
  private readonly values = new Map<string, T>();
  private readonly waiting = new Map<string, Set<(value: T) => void>>();

  /** Throws `conflict` for an ID that is in use. */
  refuseUsed(id: string): void {
    if (this.values.has(id)) throw new TdockError("conflict", `${id} is in use already`);
  }

  add(id: string, value: T): void {
    this.values.set(id, value);
    for (const tell of this.waiting.get(id) ?? []) tell(value);
    this.waiting.delete(id);
  }

  remove(id: string): void {
    this.values.delete(id);
  }

  /** The value of this ID, at once. */
  find(id: string): T | undefined {
    return this.values.get(id);
  }

  /** The value of this ID, once it is there. Throws `not-found` with `problem` when it does not come, `canceled`. */
  async get(id: string, problem: string, signal: AbortSignal): Promise<T> {
    const value = this.values.get(id);
    if (value !== undefined) return value;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const abort = () => reject(TdockError.from(signal.reason));
    const timer = setTimeout(() => reject(new TdockError("not-found", problem)), patienceMs);
    signal.addEventListener("abort", abort, { once: true });
    const listeners = this.waiting.get(id) ?? new Set();
    this.waiting.set(id, listeners.add(resolve));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      listeners.delete(resolve);
      if (listeners.size === 0) this.waiting.delete(id);
    }
  }
}
