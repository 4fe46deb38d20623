/**
 * Which stream the payload of a frame belongs to; 3 is an error text of the server; 4, an extension of tdock, is an exit
 * code in decimal digits.
 */
export type FrameStream = 0 | 1 | 2 | 3 | 4;

export interface Frame {
  readonly stream: FrameStream;
  readonly payload: Uint8Array;
}

/** The 8 bytes before each payload: stream, three zeros, length as big-endian uint32. */
export function encodeFrameHeader(stream: FrameStream, length: number): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(length, 4);
  return header;
}

/**
 * Splits Docker's multiplexed stream into frames. Payloads are handed on as they come, so a frame that arrives in
 * pieces yields several: memory stays bounded by the chunks that are fed in.
 */
export class FrameDecoder {
  #header = Buffer.alloc(8);
  #headerLength = 0;
  #remaining = 0;

  *decode(chunk: Uint8Array): Generator<Frame> {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#remaining === 0) {
        offset = this.#readHeader(chunk, offset);
        continue;
      }
      const end = Math.min(chunk.length, offset + this.#remaining);
      this.#remaining -= end - offset;
      yield { stream: this.#header[0] as FrameStream, payload: chunk.subarray(offset, end) };
      offset = end;
    }
  }

  #readHeader(chunk: Uint8Array, offset: number): number {
    const end = Math.min(chunk.length, offset + 8 - this.#headerLength);
    this.#header.set(chunk.subarray(offset, end), this.#headerLength);
    this.#headerLength += end - offset;
    if (this.#headerLength === 8) {
      this.#headerLength = 0;
      this.#remaining = this.#header.readUInt32BE(4);
    }
    return end;
  }
}
