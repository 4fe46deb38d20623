import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { AttachedReader } from "./attached-reader.ts";
import { type Chunk, sharedChunk, takeChunk } from "./chunk.ts";
import { Clock } from "./clock.ts";
import { FifoReader, type FifoReceiver } from "./fifo.ts";
import { type GrowingLog, readLog } from "./log-reader.ts";
import type { OutputLog } from "./output-log.ts";
import type { AttachRequest, HeldRecord, OpenRequest } from "./protocol.ts";
import { encodeRecord, type StreamNumber, stderr, stdout, streams } from "./record.ts";

const clock = new Clock();
const defaultDrainMs = 3000;

/** One container's (or exec's) output while it runs: FIFOs in, log and attached readers out. */
export class HeldOutput {
  readonly request: OpenRequest;
  readonly #log: OutputLog | undefined;
  readonly #sources: FifoReader[] = [];
  readonly #readers = new Set<AttachedReader>();
  readonly #drained = Promise.withResolvers<void>();
  #openCount = 0;
  #started = false;
  #isPaused = false;

  /** Opens the FIFOs, which must exist. Throws as FifoReader does. */
  constructor(request: OpenRequest, log: OutputLog | undefined) {
    this.request = request;
    this.#log = log;
    try {
      this.#read(request.stdoutPath, stdout);
      if (request.stderrPath !== undefined) this.#read(request.stderrPath, stderr);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get record(): HeldRecord {
    return {
      ...this.request,
      started: this.#started,
      ended: this.#openCount === 0,
      droppedBytes: this.#log?.droppedBytes ?? 0,
    };
  }

  started(): void {
    this.#started = true;
    for (const source of this.#sources) source.releaseWriteEnd();
  }

  /** Sends output to the socket from now on; with `replay`, first what the log holds. */
  attach(socket: Socket, request: AttachRequest): void {
    const log = this.#log;
    if (log === undefined || request.replay !== true) {
      this.#attachLive(socket, request);
      return;
    }
    const source = { files: log.files, format: log.format, growing: untilCaughtUp(log) };
    void readLog(source, { ...request, log: this.request.log, follow: true }, socket, () => {
      const reader = this.#attachLive(socket, request);
      for (const stream of streams) reader.pushCopy(log.heldBack(stream), stream);
    });
  }

  #attachLive(socket: Socket, request: AttachRequest): AttachedReader {
    const reader = new AttachedReader(socket, request, (one) => this.#onRoom(one));
    this.#readers.add(reader);
    if (this.#openCount === 0) reader.end();
    return reader;
  }

  /** Reads what is left until every writer has closed or `drainMs` have gone by, then closes. */
  async drain(drainMs = defaultDrainMs): Promise<void> {
    this.started();
    for (const reader of this.#readers) reader.isDraining = true;
    this.#resume();
    const timer = new AbortController();
    const timeout = delay(drainMs, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([this.#drained.promise, timeout]);
    timer.abort();
    this.close();
  }

  close(): void {
    for (const source of this.#sources) source.destroy();
    for (const reader of this.#readers) reader.end();
    this.#log?.close();
  }

  #read(path: string, stream: StreamNumber): void {
    this.#sources.push(new FifoReader(path, new ChunkReceiver(this, stream)));
    this.#openCount++;
  }

  /** A chunk has `bytes` of output. Returns the chunk to read to next. */
  take(chunk: Chunk, bytes: number, stream: StreamNumber): Chunk {
    const length = encodeRecord(chunk.whole, bytes, stream, clock.tick());
    this.#log?.append(chunk.whole.subarray(0, length), bytes);
    if (this.#readers.size === 0) return sharedChunk;
    const own = chunk === sharedChunk ? copyOf(chunk, length) : chunk;
    own.use();
    for (const reader of this.#readers) reader.push(own, bytes, stream);
    own.release();
    return takeChunk();
  }

  /** False when the sources must stop until a reader has caught up. */
  get mayRead(): boolean {
    for (const reader of this.#readers) {
      if (reader.lags) {
        this.#isPaused = true;
        return false;
      }
    }
    return true;
  }

  sourceEnded(): void {
    this.#openCount--;
    if (this.#openCount > 0) return;
    for (const reader of this.#readers) reader.end();
    this.#drained.resolve();
  }

  #onRoom(reader: AttachedReader): void {
    if (reader.isGone) this.#readers.delete(reader);
    if (this.#isPaused && this.mayRead) this.#resume();
  }

  #resume(): void {
    this.#isPaused = false;
    for (const source of this.#sources) source.resume();
  }
}

class ChunkReceiver implements FifoReceiver {
  readonly #output: HeldOutput;
  readonly #stream: StreamNumber;
  #chunk: Chunk = sharedChunk;

  constructor(output: HeldOutput, stream: StreamNumber) {
    this.#output = output;
    this.#stream = stream;
  }

  buffer(): Uint8Array {
    return this.#chunk.payload;
  }

  receive(bytes: number): boolean {
    this.#chunk = this.#output.take(this.#chunk, bytes, this.#stream);
    return this.#output.mayRead;
  }

  end(): void {
    this.#output.sourceEnded();
  }
}

function copyOf(chunk: Chunk, length: number): Chunk {
  const copy = takeChunk();
  chunk.whole.copy(copy.whole, 0, 0, length);
  return copy;
}

/** Follows a log only until all of it is read: then live output takes over, in the same turn, so that nothing is between. */
function untilCaughtUp(log: OutputLog): GrowingLog {
  return {
    get end() {
      return log.end;
    },
    isClosed: true,
    onChange: () => undefined,
    offChange: () => undefined,
  };
}
