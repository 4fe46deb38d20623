import type { JsonMessages } from "@tdock/api/json-messages";

const intervalMs = 100;

/**
 * Docker's messages about one layer, in order: states always, progress at most every 100 ms and never ahead of a slow
 * reader, for whom what is newer replaces what is older.
 */
export class LayerMessages {
  readonly #messages: JsonMessages;
  readonly #id: string;
  #lastProgress = Number.NEGATIVE_INFINITY;
  #sending: Promise<void> = Promise.resolve();
  #unsent = 0;

  constructor(messages: JsonMessages, digest: string) {
    this.#messages = messages;
    this.#id = shortId(digest);
  }

  say(status: string): void {
    this.#send({ status, progressDetail: {}, id: this.#id });
  }

  progress(status: string, current: number, total: number): void {
    const now = performance.now();
    if (this.#unsent > 0 || (now - this.#lastProgress < intervalMs && current < total)) return;
    this.#lastProgress = now;
    this.#send({ status, progressDetail: { current, total }, id: this.#id });
  }

  /** Resolves when everything was sent; throws `canceled` when the client is gone. */
  async settled(): Promise<void> {
    await this.#sending;
  }

  #send(message: object): void {
    this.#unsent += 1;
    this.#sending = this.#sending
      .then(() => this.#messages.send(message))
      .finally(() => {
        this.#unsent -= 1;
      });
    this.#sending.catch(() => undefined);
  }
}

/** The 12 digits that Docker shows of a digest. */
export function shortId(digest: string): string {
  return digest.slice(digest.indexOf(":") + 1).slice(0, 12);
}
