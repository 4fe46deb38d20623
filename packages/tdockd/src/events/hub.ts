import type { EventMessage } from "@tdock/api/system";
import { TdockError } from "@tdock/errors/error";
import { type EngineEvent, toMessage } from "./event.ts";
import type { EventHistory } from "./history.ts";

/** How many events a client that does not read may lag behind before its stream is cut. */
const backlogLimit = 10_000;

/** Tells everyone who listens what happens, and remembers the newest of it. */
export class EventHub {
  readonly #now: () => Date;
  readonly #history: EventHistory;
  readonly #listeners = new Set<(event: EventMessage) => void>();
  #sequence = 0;

  constructor(now: () => Date, history: EventHistory) {
    this.#now = now;
    this.#history = history;
  }

  /** Never throws and never waits: a listener that cannot keep up is its own loss. */
  emit(event: EngineEvent): void {
    const message = toMessage(event, this.#now(), this.#sequence++);
    this.#history.add(message);
    for (const listener of this.#listeners) listener(message);
  }

  /** Resolves when what was emitted has been written where the next start finds it. */
  written(): Promise<void> {
    return this.#history.written();
  }

  /** Every event kept that is not older than `sinceMs`, oldest first. */
  since(sinceMs: number): readonly EventMessage[] {
    return this.#history.list().filter(({ time = 0 }) => time * 1000 >= Math.floor(sinceMs / 1000) * 1000);
  }

  /** Live events from now on, until the signal aborts. Throws `unavailable` when the reader lags too far. */
  async *subscribe(signal: AbortSignal): AsyncGenerator<EventMessage> {
    const pending: EventMessage[] = [];
    let wake = () => {};
    const listener = (event: EventMessage) => {
      pending.push(event);
      // Its reader may be waiting for a client that does not read, and may do so for ever.
      if (pending.length > backlogLimit) this.#listeners.delete(listener);
      wake();
    };
    const stop = () => wake();
    this.#listeners.add(listener);
    signal.addEventListener("abort", stop, { once: true });
    try {
      while (!signal.aborted) {
        if (pending.length > backlogLimit) {
          throw new TdockError("unavailable", `events: the client is more than ${backlogLimit} events behind`);
        }
        yield* pending.splice(0);
        if (pending.length > 0 || signal.aborted) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener("abort", stop);
    }
  }
}
