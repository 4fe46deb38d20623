import { TdockError } from "@tdock/errors/error";

interface SharedTask<T, P> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  readonly listeners: Set<(progress: P) => void>;
  latest: P | undefined;
  users: number;
}

/** What {@link SharedTasks.run} is to do, for whom. */
export interface TaskRequest<T, P> {
  readonly key: string;
  /** Ends this user's interest. */
  readonly signal: AbortSignal;
  onProgress(progress: P): void;
  /** Does the work. Its signal fires when nobody is interested any more. */
  work(signal: AbortSignal, report: (progress: P) => void): Promise<T>;
}

/** Work that several may want at once and that is done once: the first starts it, the last to leave cancels it. */
export class SharedTasks<T, P> {
  readonly #tasks = new Map<string, SharedTask<T, P>>();

  /** Joins the task under way for the key, or starts it. Throws what the work throws; `canceled` by one's own signal. */
  async run(request: TaskRequest<T, P>): Promise<T> {
    const { key, signal, onProgress } = request;
    if (signal.aborted) throw TdockError.from(signal.reason);
    const task = this.#tasks.get(key) ?? this.#start(request);
    task.users += 1;
    task.listeners.add(onProgress);
    if (task.latest !== undefined) onProgress(task.latest);
    const leaving = Promise.withResolvers<never>();
    const leave = () => leaving.reject(TdockError.from(signal.reason));
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([task.result, leaving.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
      task.listeners.delete(onProgress);
      task.users -= 1;
      if (task.users === 0) this.#abandon(key, task);
      // Whoever is the last to leave sees the work end, so that nothing of it goes on unseen.
      if (task.users === 0 && signal.aborted) await task.result.catch(() => undefined);
    }
  }

  /** The task under way for the key, if there is one. Awaiting it keeps nothing alive. */
  underWay(key: string): Promise<T> | undefined {
    return this.#tasks.get(key)?.result;
  }

  #start({ key, work }: TaskRequest<T, P>): SharedTask<T, P> {
    const controller = new AbortController();
    const listeners = new Set<(progress: P) => void>();
    const report = (progress: P) => {
      task.latest = progress;
      for (const listener of listeners) listener(progress);
    };
    const result = Promise.resolve().then(() => work(controller.signal, report));
    const task: SharedTask<T, P> = { result, controller, listeners, latest: undefined, users: 0 };
    this.#tasks.set(key, task);
    const forget = () => this.#forget(key, task);
    result.then(forget, forget);
    return task;
  }

  #abandon(key: string, task: SharedTask<T, P>): void {
    this.#forget(key, task);
    task.controller.abort(new TdockError("canceled", "nobody waits for it any more"));
  }

  #forget(key: string, task: SharedTask<T, P>): void {
    if (this.#tasks.get(key) === task) this.#tasks.delete(key);
  }
}
