import type { JsonMessages } from "@tdock/api/json-messages";
import type { UploadOutcome } from "../registry/push-blob.ts";
import type { BlobReference } from "./image.ts";
import { LayerMessages } from "./layer-messages.ts";

/** Tells a client how a blob is uploaded. */
export class PushReporter {
  readonly #messages: LayerMessages;
  readonly #total: number;

  constructor(messages: JsonMessages, { digest, size }: BlobReference) {
    this.#messages = new LayerMessages(messages, digest);
    this.#total = size;
    this.#messages.say("Preparing");
  }

  report(bytes: number): void {
    this.#messages.progress("Pushing", bytes, this.#total);
  }

  end(outcome: UploadOutcome, mountedFrom: string | undefined): void {
    if (outcome === "exists") this.#messages.say("Layer already exists");
    else this.#messages.say(outcome === "mounted" ? `Mounted from ${mountedFrom}` : "Pushed");
  }

  /** Resolves when everything was sent. */
  settled(): Promise<void> {
    return this.#messages.settled();
  }
}
