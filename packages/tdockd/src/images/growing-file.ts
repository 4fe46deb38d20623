import { open as openFile } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { TdockError } from "@tdock/errors/error";

const readBytes = 128 * 1024;
/** A stream that is given as much as this takes no more before it is rid of it. */
const takenWholeBytes = 64 * 1024;

/** How far a file has come, and what it ended with. */
export interface FileState {
  readonly length: number;
  readonly end: { readonly error: unknown } | undefined;
}

/** A file that one side appends to while others already read it: a reader waits where the writer has got to. */
export class GrowingFile {
  #path: string;
  #length = 0;
  #end: { readonly error: unknown } | undefined;
  #waiting: (() => void)[] = [];
  readonly #followers = new Set<(state: FileState) => void>();

  constructor(path: string) {
    this.#path = path;
  }

  get path(): string {
    return this.#path;
  }

  /** Says that the file has another name now, by which readers who come late find it. */
  moved(path: string): void {
    this.#path = path;
  }

  /** Bytes that may be read. */
  get length(): number {
    return this.#length;
  }

  /** Says that the file now holds `length` bytes. */
  grow(length: number): void {
    this.#length = length;
    this.#wake();
  }

  /** Says that nothing more comes; with an error, that what is there is not to be used. */
  end(error?: unknown): void {
    this.#end ??= { error };
    this.#wake();
  }

  /**
   * The bytes from the start to the end, as they come. A chunk is the reader's until it asks for the next; one buffer
   * serves for most of them. Throws what the writer ended with, `canceled`.
   */
  async *read(signal: AbortSignal): AsyncGenerator<Buffer> {
    while (this.#length === 0 && this.#end === undefined && !signal.aborted) await this.#change(signal);
    if (this.#end?.error !== undefined) throw this.#end.error;
    await using file = await this.#open();
    const shared = Buffer.allocUnsafeSlow(readBytes);
    for (let position = 0; ; ) {
      if (signal.aborted) throw TdockError.from(signal.reason);
      if (position < this.#length) {
        const wanted = Math.min(readBytes, this.#length - position);
        const own = wanted < takenWholeBytes ? Buffer.allocUnsafe(wanted) : shared;
        const { bytesRead, buffer } = await file.read(own, 0, wanted, position);
        if (bytesRead === 0) throw new TdockError("internal", `${this.#path} was cut short while it was read`);
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      } else if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return;
      } else await this.#change(signal);
    }
  }

  /** Calls `follower` now, and whenever the file has grown or ended, until it is disposed of. */
  follow(follower: (state: FileState) => void): Disposable {
    this.#followers.add(follower);
    follower({ length: this.#length, end: this.#end });
    return { [Symbol.dispose]: () => void this.#followers.delete(follower) };
  }

  /** A descriptor of the file, for reading; whoever asks closes it. */
  async openDescriptor(): Promise<number> {
    return promisify(openFile)(this.#path, "r");
  }

  async #open(): Promise<FileHandle> {
    const path = this.#path;
    return open(path).catch((thrown) => {
      if (path === this.#path) throw thrown;
      return open(this.#path);
    });
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener("abort", done);
        resolve();
      };
      signal.addEventListener("abort", done, { once: true });
      this.#waiting.push(done);
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
    for (const follower of this.#followers) follower({ length: this.#length, end: this.#end });
  }
}
