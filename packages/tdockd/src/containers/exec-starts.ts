import { KeyedLock } from "../host/keyed-lock.ts";

/**
 * Keeps the start of an exec and the freezing of its container apart. runc's process that joins the container must not
 * be frozen on its way: its shim waits for it, and from then on answers nobody, not even who wants to thaw or to kill.
 */
export class ExecStarts {
  readonly #gates = new KeyedLock();
  readonly #starting = new Map<string, Set<Promise<unknown>>>();

  /** Runs `start`, at the same time as others, but while the container's gate is open. */
  async run<T>(containerId: string, start: () => Promise<T>): Promise<T> {
    return await (await this.#enter(containerId, start)).started;
  }

  /** Resolves when no start is under way, and keeps further ones waiting until it is disposed of. */
  async close(containerId: string): Promise<Disposable> {
    const gate = await this.#gates.acquire(containerId);
    await Promise.allSettled(this.#starting.get(containerId) ?? []);
    return gate;
  }

  async #enter<T>(containerId: string, start: () => Promise<T>): Promise<{ readonly started: Promise<T> }> {
    using _gate = await this.#gates.acquire(containerId);
    const others = this.#starting.get(containerId) ?? new Set();
    this.#starting.set(containerId, others);
    const started = start().finally(() => {
      others.delete(started);
      if (others.size === 0) this.#starting.delete(containerId);
    });
    others.add(started);
    return { started };
  }
}
