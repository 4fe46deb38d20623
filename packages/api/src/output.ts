import type { Duplex, Writable } from "node:stream";

/** Where a stream handler writes. Errors thrown before `begin` or the first write become an HTTP status. */
export interface Output {
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  /** Version of the API that the client speaks, e.g. `1.41`. */
  readonly apiVersion: string;
  /** Sends the head now. Without it the first write does. */
  begin(head?: OutputHead): void;
  /** Resolves when the client has room for more; rejects with `canceled` when it is gone. */
  write(chunk: Uint8Array | string): Promise<void>;
  /** Lets `source` write straight to the client until it ends. */
  pipe(source: NodeJS.ReadableStream | PipeSource): Promise<void>;
}

/** A stream with a way of its own to a socket. */
export interface PipeSource {
  /** Resolves when all is written; does not end `target`. */
  pipeTo(target: Writable, signal: AbortSignal): Promise<void>;
}

export interface OutputHead {
  readonly status?: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a hijack handler takes the connection over with. */
export interface Upgrade {
  readonly apiVersion: string;
  /**
   * Does the websocket's handshake: what is written to the stream is sent as binary messages, and the payloads of the
   * client's are read from it. Throws `invalid-argument` for a request that asks for no websocket.
   */
  acceptWebSocket(): Promise<Duplex>;
  /** Sends the head and hands over the socket; `framed` says that the server will write 8-byte frames. */
  accept(framed: boolean, headers?: Readonly<Record<string, string>>): Duplex;
  /** Switches to HTTP/2 without TLS, which the client asked for with `Upgrade: h2c`, and hands over the socket. */
  acceptHttp2(): Duplex;
  /** Answers like an ordinary request instead: nothing is hijacked. */
  reply(status: number): void;
}
