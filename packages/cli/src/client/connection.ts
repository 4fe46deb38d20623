import { type BunConnectOptions, type BunSocket, bun } from "./bun.ts";

/** A two-way stream of bytes. */
export class Connection {
  #socket: BunSocket | undefined;
  #sink: ((chunk: Uint8Array) => void) | undefined;
  /** What has arrived and has no reader yet. */
  #waiting: Uint8Array[] = [];
  readonly #over = Promise.withResolvers<void>();
  #drained = Promise.withResolvers<void>();

  /** Throws what the system says: `ENOENT`, `ECONNREFUSED`, `EACCES`... */
  static async open(address: BunConnectOptions): Promise<Connection> {
    const connection = new Connection();
    // Who writes learns it by `write`; who reads, by `read`; else nobody is concerned.
    connection.#over.promise.catch(() => {});
    connection.#socket = await bun.connect({
      ...address,
      allowHalfOpen: true,
      socket: {
        binaryType: "uint8array",
        data: (socket, chunk) => connection.#take(socket, chunk),
        drain: () => connection.#drained.resolve(),
        end: () => connection.#over.resolve(),
        error: (_, error) => connection.#end(error),
        close: (_, error) => connection.#end(error),
      },
    });
    return connection;
  }

  /** Hands all that arrives to `sink`, until the other side ends. Throws what the sink throws. */
  async read(sink: (chunk: Uint8Array) => void): Promise<void> {
    for (const chunk of this.#waiting.splice(0)) sink(chunk);
    this.#sink = (chunk) => {
      // What the sink throws ends the reading, not the program.
      try {
        sink(chunk);
      } catch (thrown) {
        this.#over.reject(thrown);
      }
    };
    this.#socket?.resume();
    await this.#over.promise;
  }

  /** The next bytes that arrive; nothing when the other side has ended. */
  async readChunk(): Promise<Uint8Array | undefined> {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) return waiting;
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    this.#sink = (chunk) => {
      this.#sink = undefined;
      resolve(chunk);
    };
    this.#socket?.resume();
    return await Promise.race([promise, this.#over.promise.then(() => undefined)]);
  }

  /** Puts bytes back before all that is still to be read. */
  unread(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#waiting.unshift(chunk);
  }

  /** Resolves when all bytes are on their way, or cannot be sent any more. One call at a time. */
  async write(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      this.#drained = Promise.withResolvers<void>();
      const taken = this.#socket?.write(rest) ?? -1;
      if (taken < 0) return;
      rest = rest.subarray(taken);
      if (rest.length > 0) await this.#drained.promise;
    }
  }

  /** Says that nothing more will be written; reading goes on. */
  end(): void {
    this.#socket?.shutdown();
  }

  destroy(): void {
    this.#socket?.end();
  }

  #take(socket: BunSocket, chunk: Uint8Array): void {
    if (this.#sink === undefined) {
      this.#waiting.push(chunk);
      socket.pause();
    } else this.#sink(chunk);
  }

  /** A connection is reset when the other side closes it without having read all of ours: what it sent has arrived. */
  #end(error: NodeJS.ErrnoException | undefined): void {
    if (error === undefined || error.code === "ECONNRESET") this.#over.resolve();
    else this.#over.reject(error);
    this.#drained.resolve();
  }
}
