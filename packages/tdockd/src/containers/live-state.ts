import type { Container } from "./container.ts";
import { ExitWaiters } from "./exit-waiters.ts";

/** What tdockd knows of running containers beyond their records, and loses with its own end without harm. */
export class LiveState {
  readonly exits = new ExitWaiters();
  /** Containers whose memory ran out since their start. */
  readonly oomKilled = new Set<string>();
  /** Called with every container that has come to life: what follows it from then on is set by the composition. */
  onStart: (container: Container) => void = () => {};
  readonly #endings = new Map<string, Promise<void>>();
  readonly #restarts = new Map<string, NodeJS.Timeout>();
  readonly #restartDelays = new Map<string, number>();
  /** When the runs began that this tdockd has started, by `performance.now()`. */
  readonly #begun = new Map<string, number>();
  /** How many restarts by hand are under way. */
  readonly #kept = new Map<string, number>();

  /** Lets `work` clean up behind a container while others go on; {@link settled} waits for it. Errors are its own. */
  settle(id: string, work: Promise<void>): void {
    const ending = work.finally(() => {
      if (this.#endings.get(id) === ending) this.#endings.delete(id);
    });
    this.#endings.set(id, ending);
  }

  /** Resolves when nothing of a container's last run is being cleaned up any more. */
  async settled(id: string): Promise<void> {
    await this.#endings.get(id);
  }

  isSettling(id: string): boolean {
    return this.#endings.has(id);
  }

  /** Resolves when nothing at all is being cleaned up. */
  async allSettled(): Promise<void> {
    await Promise.all(this.#endings.values());
  }

  /**
   * Until it is disposed of, a container is stopped only to be started again: neither policy nor `--rm` applies to its
   * exit.
   */
  keep(id: string): Disposable {
    this.#kept.set(id, (this.#kept.get(id) ?? 0) + 1);
    return {
      [Symbol.dispose]: () => {
        const left = (this.#kept.get(id) ?? 1) - 1;
        if (left > 0) this.#kept.set(id, left);
        else this.#kept.delete(id);
      },
    };
  }

  isKept(id: string): boolean {
    return this.#kept.has(id);
  }

  beginRun(id: string): void {
    this.#begun.set(id, performance.now());
  }

  /** How long the run has lasted that ends with this, whatever the clock was set to; undefined for an earlier tdockd's. */
  endRun(id: string): number | undefined {
    const begunAtMs = this.#begun.get(id);
    this.#begun.delete(id);
    return begunAtMs === undefined ? undefined : performance.now() - begunAtMs;
  }

  /** What the container's last restart by policy waited for; undefined when nobody has started it by policy. */
  lastRestartDelayMs(id: string): number | undefined {
    return this.#restartDelays.get(id);
  }

  scheduleRestart(id: string, delayMs: number, restart: () => void): void {
    this.cancelRestart(id);
    this.#restartDelays.set(id, delayMs);
    this.#restarts.set(
      id,
      setTimeout(() => {
        this.#restarts.delete(id);
        restart();
      }, delayMs),
    );
  }

  /** The next restart by policy is the first again. */
  cancelRestart(id: string): void {
    clearTimeout(this.#restarts.get(id));
    this.#restarts.delete(id);
    this.#restartDelays.delete(id);
  }

  /** Nothing of this keeps the process alive any more. */
  stop(): void {
    for (const id of [...this.#restarts.keys()]) this.cancelRestart(id);
  }
}
