import type { JsonMessages } from "@tdock/api/json-messages";
import type { LayerProgress } from "./arrivals.ts";

const intervalMs = 100;

/**
 * Tells a client of one layer in Docker's JSON messages, at most every 100 ms and never ahead of a slow reader:
 * what it has no room for is replaced by what is newer.
 */
export class LayerReporter {
  readonly #messages: JsonMessages;
  readonly #id: string;
  #isDownloading = true;
  #lastSent = Number.NEGATIVE_INFINITY;
  #sending: Promise<void> = Promise.resolve();
  #isBusy = false;

  constructor(messages: JsonMessages, digest: string) {
    this.#messages = messages;
    this.#id = shortId(digest);
  }

  /** A state of its own: `Pulling fs layer`, `Already exists`. */
  say(status: string): void {
    this.#send({ status, progressDetail: {}, id: this.#id });
  }

  report(progress: LayerProgress): void {
    if (progress.kind === "downloaded") this.#isDownloading = false;
    if (progress.kind === "downloading" || progress.kind === "unpacking") this.#reportBytes(progress);
    else this.say(progress.kind === "done" ? "Pull complete" : "Download complete");
  }

  /** Resolves when everything said was sent; throws `canceled` when the client is gone. */
  async settled(): Promise<void> {
    await this.#sending;
  }

  /** Unpacking runs beside the download; it is told of once the download is through. */
  #reportBytes({ kind, current, total }: Extract<LayerProgress, { readonly current: number }>): void {
    if (this.#isDownloading !== (kind === "downloading")) return;
    const now = performance.now();
    if (this.#isBusy || (now - this.#lastSent < intervalMs && current < total)) return;
    this.#lastSent = now;
    const status = kind === "downloading" ? "Downloading" : "Extracting";
    this.#send({ status, progressDetail: { current, total }, id: this.#id });
  }

  #send(message: object): void {
    this.#isBusy = true;
    this.#sending = this.#sending
      .then(() => this.#messages.send(message))
      .finally(() => {
        this.#isBusy = false;
      });
    this.#sending.catch(() => undefined);
  }
}

/** The 12 digits that Docker shows of a digest. */
export function shortId(digest: string): string {
  return digest.slice(digest.indexOf(":") + 1).slice(0, 12);
}
