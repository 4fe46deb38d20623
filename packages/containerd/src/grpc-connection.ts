import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from "node:http2";
import { connect as connectSocket } from "node:net";
import { TdockError } from "@tdock/errors/error";

/** Megabytes of unread data that one connection may hold: enough for a dozen layers read at once. */
const maxSessionMemoryMb = 256;
/** Bytes that containerd may send ahead of the reader, per stream and for the whole connection. */
const streamWindowBytes = 1024 * 1024;
const connectionWindowBytes = 8 * 1024 * 1024;

/**
 * One HTTP/2 connection to a gRPC server on a Unix socket, on Node's own client: see README.md for what was measured.
 * It is opened by the first call, and by the next call again after it was lost (a server that was restarted): nothing is
 * retried, so a call during the gap fails at once.
 */
export class GrpcConnection implements AsyncDisposable {
  readonly socketPath: string;
  readonly #onLost: (() => void) | undefined;
  #session: ClientHttp2Session | undefined;
  #closed = false;

  /** `onLost` is called whenever an open connection breaks off without {@link close}. */
  constructor(socketPath: string, onLost?: () => void) {
    this.socketPath = socketPath;
    this.#onLost = onLost;
  }

  /** Starts a request; `path` is `/package.Service/Method`. Throws `unavailable` after {@link close}. */
  request(path: string, headers: Readonly<Record<string, string | string[]>>): ClientHttp2Stream {
    if (this.#closed) throw new TdockError("unavailable", `connection to ${this.socketPath} is closed`);
    return this.#open().request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc+proto",
      te: "trailers",
      ...headers,
    });
  }

  /** Closes the connection; calls that are under way fail with `unavailable`. */
  async close(): Promise<void> {
    this.#closed = true;
    const session = this.#session;
    if (session === undefined || session.destroyed) return;
    const closed = new Promise<void>((resolve) => session.once("close", resolve));
    session.destroy();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #open(): ClientHttp2Session {
    if (this.#session !== undefined) return this.#session;
    const session = connectHttp2("http://localhost", {
      createConnection: () => connectSocket(this.socketPath),
      maxSessionMemory: maxSessionMemoryMb,
      settings: { enablePush: false, initialWindowSize: streamWindowBytes },
    });
    session.once("connect", () => {
      session.setLocalWindowSize(connectionWindowBytes);
      session.once("close", () => this.#closed || this.#onLost?.());
    });
    // The streams of the session report the failure to their callers; without a listener it would end the process.
    session.on("error", () => this.#forget(session));
    session.once("goaway", () => this.#forget(session));
    session.once("close", () => this.#forget(session));
    this.#session = session;
    return session;
  }

  #forget(session: ClientHttp2Session): void {
    if (this.#session === session) this.#session = undefined;
  }
}
