/** Memory that is filled piece by piece, handed out when it is full, and then used again. */
export class Chunk {
  private readonly memory: Buffer;
  private length = 0;

  constructor(sizeBytes: number) {
    this.memory = Buffer.allocUnsafe(sizeBytes);
  }

  /** What is still free; {@link grow} says how much of it was filled. */
  get room(): Uint8Array {
    return this.memory.subarray(this.length);
  }

  get isFull(): boolean {
    return this.length === this.memory.length;
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  grow(length: number): void {
    this.length += length;
  }

  /** Adds as much of `bytes` as there is room for, and returns the rest. */
  add(bytes: Uint8Array): Uint8Array {
    const fitting = bytes.subarray(0, this.memory.length - this.length);
    this.memory.set(fitting, this.length);
    this.length += fitting.length;
    return bytes.subarray(fitting.length);
  }

  /** What it holds, which is good until something is added again. */
  take(): Uint8Array {
    const taken = this.memory.subarray(0, this.length);
    this.length = 0;
    return taken;
  }
}
