import type { FileHandle } from "node:fs/promises";

const batchBytes = 256 * 1024;

/** Chunks for the end of a file, gathered until a write is worth it: each costs a way to another thread and back. */
export class ChunkBatch {
  readonly #handle: FileHandle;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Resolves to the bytes that were written meanwhile. */
  async add(chunk: Buffer): Promise<number> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    return this.#bytes < batchBytes ? 0 : this.flush();
  }

  async flush(): Promise<number> {
    const chunks = this.#chunks;
    const bytes = this.#bytes;
    this.#chunks = [];
    this.#bytes = 0;
    if (bytes === 0) return 0;
    const { bytesWritten } = await this.#handle.writev(chunks);
    if (bytesWritten < bytes) await this.#handle.write(Buffer.concat(chunks).subarray(bytesWritten));
    return bytes;
  }
}
