import type { OnReadOpts } from "node:net";
import type { Writable } from "node:stream";

const chunkBytes = 128 * 1024;
const maxChunks = 3;

interface RingChunk {
  readonly bytes: Buffer;
  /** On its way to the target. */
  isBusy: boolean;
}

/**
 * The memory that a socket is read to: a keeper's first line, which answers the call, then chunks, each written to a
 * target and read to again when the target has taken it. The target takes them in order, so the chunk after the last
 * one read to is always the first to come free; when it is not free yet, reading pauses.
 */
export class ChunkRing {
  readonly onread: OnReadOpts = {
    buffer: () => this.#current.bytes,
    callback: (bytes) => this.#receive(bytes),
  };
  readonly #chunks: RingChunk[] = [{ bytes: Buffer.allocUnsafeSlow(chunkBytes), isBusy: false }];
  readonly #onHead: ((head: string) => void) | undefined;
  #at = 0;
  #head: Buffer | undefined;
  #rest = Buffer.alloc(0);
  #underWay = 0;
  #target: Writable | undefined;
  #onRoom = () => {};
  #onIdle = () => {};

  /** `onHead` gets the first line; reading pauses behind it. Without it, there is no such line. */
  constructor(onHead?: (head: string) => void) {
    this.#onHead = onHead;
    this.#head = onHead && Buffer.alloc(0);
  }

  /** What came behind the first line, and all that comes, goes to `target`; `onRoom` is called when reading may go on. */
  flowTo(target: Writable, onRoom: () => void): void {
    this.#target = target;
    this.#onRoom = onRoom;
    if (this.#rest.length > 0) this.#write(this.#rest, () => undefined);
  }

  /** Calls back once the target has taken all that was read. */
  whenIdle(onIdle: () => void): void {
    this.#onIdle = onIdle;
    if (this.#underWay === 0) onIdle();
  }

  get #current(): RingChunk {
    return this.#chunks[this.#at] as RingChunk;
  }

  /** Returns whether the next chunk may be read. */
  #receive(bytes: number): boolean {
    const chunk = this.#current;
    const received = chunk.bytes.subarray(0, bytes);
    if (this.#head !== undefined) return this.#receiveHead(Buffer.concat([this.#head, received]));
    chunk.isBusy = true;
    this.#advance();
    this.#write(received, () => {
      chunk.isBusy = false;
      if (chunk === this.#current) this.#onRoom();
    });
    return !this.#current.isBusy;
  }

  #receiveHead(head: Buffer<ArrayBuffer>): boolean {
    const end = head.indexOf(0x0a);
    this.#head = end < 0 ? head : undefined;
    if (end < 0) return true;
    this.#rest = head.subarray(end + 1);
    this.#onHead?.(head.toString("utf8", 0, end));
    return false;
  }

  #advance(): void {
    this.#at = (this.#at + 1) % maxChunks;
    if (this.#at === this.#chunks.length) {
      this.#chunks.push({ bytes: Buffer.allocUnsafeSlow(chunkBytes), isBusy: false });
    }
  }

  #write(bytes: Buffer, onTaken: () => void): void {
    this.#underWay++;
    this.#target?.write(bytes, () => {
      this.#underWay--;
      onTaken();
      if (this.#underWay === 0) this.#onIdle();
    });
  }
}
