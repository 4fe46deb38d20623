import type { FrontendOrder } from "@tdock/buildkit/control";
import type { StatusUpdate } from "@tdock/buildkit/status-update";

/** So many updates wait for whoever asks for the status. */
const limit = 1000;

/** A build that was ordered through Control: what it tells, and the order itself when the client gives it later. */
export class SolveJob {
  /** Settled by a client that calls the frontend itself. */
  readonly order = Promise.withResolvers<FrontendOrder>();
  private readonly updates: StatusUpdate[] = [];
  private changed = Promise.withResolvers<void>();
  private over = false;
  private readers = 0;

  constructor() {
    this.order.promise.catch(() => {});
  }

  /** Resolves when there is room for more. Output that nobody has asked for is dropped when it becomes too much. */
  async tell(update: StatusUpdate): Promise<void> {
    if (this.readers === 0 && this.updates.length >= limit && update.vertexes === undefined) return;
    this.updates.push(update);
    this.change();
    while (this.readers > 0 && this.updates.length > limit && !this.over) await this.changed.promise;
  }

  /** What was told and will be, until the build is over. */
  async *read(signal: AbortSignal): AsyncGenerator<StatusUpdate, void, undefined> {
    const wake = () => this.change();
    signal.addEventListener("abort", wake, { once: true });
    this.readers++;
    try {
      for (;;) {
        signal.throwIfAborted();
        const update = this.updates.shift();
        if (update !== undefined) {
          this.change();
          yield update;
        } else if (this.over) return;
        else await this.changed.promise;
      }
    } finally {
      this.readers--;
      this.change();
      signal.removeEventListener("abort", wake);
    }
  }

  end(): void {
    this.over = true;
    this.change();
  }

  private change(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers();
  }
}
