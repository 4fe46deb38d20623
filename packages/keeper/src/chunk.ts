import { frameOffset, headerBytes, maxPayloadBytes, maxRecordBytes } from "./record.ts";

/** Memory for one record, with room around the payload for its header and trailer. */
export class Chunk {
  readonly whole = Buffer.allocUnsafeSlow(maxRecordBytes);
  /** Where a FIFO is read to. */
  readonly payload = this.whole.subarray(headerBytes, headerBytes + maxPayloadBytes);
  #users = 0;

  /** The record's frame, or its bare payload, as a follower is sent it. */
  output(payloadBytes: number, raw: boolean): Buffer {
    return this.whole.subarray(raw ? headerBytes : frameOffset, headerBytes + payloadBytes);
  }

  get isInUse(): boolean {
    return this.#users > 0;
  }

  use(): void {
    this.#users++;
  }

  release(): void {
    this.#users--;
    if (this.#users === 0 && free.length < maxFree) free.push(this);
  }
}

const maxFree = 4;
const free: Chunk[] = [];

/**
 * The chunk of all outputs that nobody is attached to: what was read is in the log before the next read, so one is
 * enough for any number of containers.
 */
export const sharedChunk = new Chunk();

/** A chunk that nobody uses. */
export function takeChunk(): Chunk {
  return free.pop() ?? new Chunk();
}
