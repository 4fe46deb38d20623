import type { Socket } from "node:net";
import { type AttachRequest, nameOf, type OutputKey } from "./protocol.ts";

/** A reader of an output that is not open yet. */
export interface WaitingReader {
  readonly socket: Socket;
  readonly request: AttachRequest;
}

/** Readers that attached before the container's start. */
export class WaitingReaders {
  readonly #readers = new Map<string, Set<WaitingReader>>();

  add(reader: WaitingReader): void {
    const name = nameOf(reader.request);
    const readers = this.#readers.get(name) ?? new Set();
    readers.add(reader);
    this.#readers.set(name, readers);
    reader.socket.once("close", () => {
      readers.delete(reader);
      if (readers.size === 0 && this.#readers.get(name) === readers) this.#readers.delete(name);
    });
  }

  /** Those that wait for this output; they wait no longer. */
  take(key: OutputKey): Iterable<WaitingReader> {
    const readers = this.#readers.get(nameOf(key)) ?? [];
    this.#readers.delete(nameOf(key));
    return readers;
  }
}
