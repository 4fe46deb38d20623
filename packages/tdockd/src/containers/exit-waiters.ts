import { TdockError } from "@tdock/errors/error";

export interface ExitResult {
  readonly exitCode: number;
  /** Why it could not be started, or could not be removed. */
  readonly error?: string;
}

/** `start`: a process has come to life; `healthy`: its checks say so. Their exit code means nothing. */
export type ExitKind = "start" | "healthy" | "exit" | "removed";

interface Waiter {
  readonly kind: ExitKind;
  readonly resolve: (result: ExitResult) => void;
}

/** Those who wait for a container to start, to be healthy, to exit or to be removed. */
export class ExitWaiters {
  readonly #waiters = new Map<string, Set<Waiter>>();

  /** Resolves at the next event of this kind. Rejects when the signal aborts. */
  wait(id: string, kind: ExitKind, signal: AbortSignal): Promise<ExitResult> {
    const { promise, resolve, reject } = Promise.withResolvers<ExitResult>();
    const waiter: Waiter = { kind, resolve };
    const list = this.#waiters.get(id) ?? new Set();
    list.add(waiter);
    this.#waiters.set(id, list);
    const cancel = () => {
      list.delete(waiter);
      if (list.size === 0 && this.#waiters.get(id) === list) this.#waiters.delete(id);
      reject(signal.reason ?? new TdockError("canceled", "no longer waiting"));
    };
    if (signal.aborted) cancel();
    else signal.addEventListener("abort", cancel, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", cancel));
  }

  /** A removed container answers all who wait for it; one that ended, nobody who waits for its removal or start. */
  notify(id: string, kind: ExitKind, result: ExitResult): void {
    const list = this.#waiters.get(id);
    if (list === undefined) return;
    for (const waiter of list) {
      if (kind !== "removed" && waiter.kind !== kind) continue;
      list.delete(waiter);
      waiter.resolve(result);
    }
    if (list.size === 0) this.#waiters.delete(id);
  }
}
