import type { Socket } from "node:net";
import { type Chunk, takeChunk } from "./chunk.ts";
import type { AttachRequest } from "./protocol.ts";
import { encodeFrameHeader, frameOffset, type StreamNumber, stdout } from "./record.ts";

/** How much may wait for a slow reader before the container has to. */
const maxWaitingBytes = 128 * 1024;
/** The same once the container has exited: what its pipes still hold must reach the log before the next step. */
const maxDrainingBytes = 4 * 1024 * 1024;

/** A socket that gets output as it is read from the FIFOs. */
export class AttachedReader {
  readonly #socket: Socket;
  readonly #request: AttachRequest;
  readonly #onRoom: () => void;
  isDraining = false;

  /** `onRoom` is called whenever the socket has taken something, and when it is gone. */
  constructor(socket: Socket, request: AttachRequest, onRoom: (reader: AttachedReader) => void) {
    this.#socket = socket;
    this.#request = request;
    this.#onRoom = () => onRoom(this);
    socket.once("close", this.#onRoom);
  }

  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  get lags(): boolean {
    return !this.isGone && this.#socket.writableLength > (this.isDraining ? maxDrainingBytes : maxWaitingBytes);
  }

  /** Sends a chunk; keeps it in use until the kernel has all of it. */
  push(chunk: Chunk, payloadBytes: number, stream: StreamNumber): void {
    if (this.isGone || !this.#wants(stream)) return;
    chunk.use();
    this.#socket.write(chunk.output(payloadBytes, this.#request.raw), () => {
      chunk.release();
      this.#onRoom();
    });
  }

  /** Sends bytes that are not in a chunk; at most what fits in one. */
  pushCopy(bytes: Buffer, stream: StreamNumber): void {
    if (bytes.length === 0) return;
    const chunk = takeChunk();
    chunk.payload.set(bytes);
    encodeFrameHeader(chunk.whole, frameOffset, stream, bytes.length);
    this.push(chunk, bytes.length, stream);
  }

  /** Ends after what was pushed. */
  end(): void {
    this.#socket.end();
  }

  #wants(stream: StreamNumber): boolean {
    return stream === stdout ? this.#request.stdout : this.#request.stderr;
  }
}
