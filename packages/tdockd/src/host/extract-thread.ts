import { Worker } from "node:worker_threads";
import { TdockError } from "@tdock/errors/error";
import { extractFailure } from "./extract-error.ts";
import { type ExtractRequest, extractInRoot } from "./extract-in-root.ts";
import { type ExtractReply, type ExtractWork, slotBytes, slotCount } from "./extract-message.ts";
import { peek } from "./peek.ts";
import { untilAborted } from "./until-aborted.ts";

/** What takes less time to unpack than a thread to start. */
const shortBytes = 4 << 20;

// In the bundle the worker lies beside main.js, as a file of its own.
const workerFile = new URL(`./extract-worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/**
 * `extractInRoot`, for a long archive in a thread of its own: while that makes files, more of the archive is read, and
 * other requests are answered. Throws as {@link extractInRoot}.
 */
export async function extractArchive(request: ExtractRequest): Promise<void> {
  const { bytes, signal } = request;
  try {
    const { head, rest } = await peek(untilAborted(bytes, signal), shortBytes);
    if (head.length < shortBytes) return await extractInRoot({ ...request, bytes: rest });
    await using thread = new ExtractThread(request);
    await thread.extract(rest);
  } catch (thrown) {
    throw extractFailure(thrown, signal);
  }
}

/** A thread with memory that it shares: the archive comes in slots of it, each free again when its bytes are used. */
class ExtractThread implements AsyncDisposable {
  readonly #memory = new SharedArrayBuffer(slotBytes * slotCount);
  readonly #worker: Worker;
  readonly #ended = Promise.withResolvers<void>();
  readonly #free = Array.from({ length: slotCount }, (_, slot) => slot);
  #onFree = () => {};

  constructor({ rootFd, destination, keepKinds, owner }: ExtractRequest) {
    const workerData: ExtractWork = { memory: this.#memory, rootFd, destination, keepKinds, owner };
    this.#worker = new Worker(workerFile, { workerData, trackUnmanagedFds: false });
    this.#worker.on("message", (reply: ExtractReply) => this.#take(reply));
    const fail = (cause: unknown) =>
      this.#ended.reject(new TdockError("internal", "the unpacking thread ended", { cause }));
    this.#worker.on("error", fail);
    this.#worker.once("exit", fail);
    this.#ended.promise.catch(() => undefined);
  }

  async extract(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    // What ends the thread ends the reading, and the other way round.
    await Promise.race([this.#ended.promise, this.#feed(bytes)]);
    await this.#ended.promise;
  }

  async #feed(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    let slot = new Slot(this.#memory, await this.#freeSlot());
    const send = () => this.#worker.postMessage({ slot: slot.number, length: slot.length });
    for await (const chunk of bytes) {
      for (let left = chunk; left.length > 0; ) {
        left = slot.add(left);
        if (!slot.isFull) continue;
        send();
        slot = new Slot(this.#memory, await this.#freeSlot());
      }
    }
    send();
    this.#worker.postMessage("end");
  }

  async #freeSlot(): Promise<number> {
    for (;;) {
      const slot = this.#free.shift();
      if (slot !== undefined) return slot;
      await Promise.race([this.#ended.promise, new Promise<void>((resolve) => (this.#onFree = resolve))]);
    }
  }

  #take(reply: ExtractReply): void {
    if (typeof reply === "number") {
      this.#free.push(reply);
      this.#onFree();
    } else if (reply === "done") this.#ended.resolve();
    else this.#ended.reject(new TdockError(reply.code, reply.message, reply.reason ? { reason: reply.reason } : {}));
  }

  /** Not before it has left the root alone, and closed what it had opened. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.postMessage("stop");
    await this.#ended.promise.catch(() => undefined);
    await this.#worker.terminate();
  }
}

class Slot {
  readonly number: number;
  readonly #bytes: Buffer;
  length = 0;

  constructor(memory: SharedArrayBuffer, number: number) {
    this.number = number;
    this.#bytes = Buffer.from(memory, number * slotBytes, slotBytes);
  }

  get isFull(): boolean {
    return this.length === slotBytes;
  }

  /** Adds what there is room for; the rest is the answer. */
  add(bytes: Uint8Array): Uint8Array {
    const fitting = bytes.subarray(0, slotBytes - this.length);
    this.#bytes.set(fitting, this.length);
    this.length += fitting.length;
    return bytes.subarray(fitting.length);
  }
}
