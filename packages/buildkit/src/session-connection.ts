import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import type { Duplex } from "node:stream";
import { TdockError } from "@tdock/errors/error";

/** Bytes that a client may send ahead of the reader, for a stream and for the whole session. */
const streamWindowBytes = 1024 * 1024;
const sessionWindowBytes = 4 * 1024 * 1024;
/** A client that leaves a ping unanswered until the next one is gone, whatever its connection says. */
const pingIntervalMs = 20_000;

/**
 * The HTTP/2 connection of a BuildKit session: the client has dialled, but it is the gRPC server. Follows BuildKit's
 * `session/grpc.go`, with HTTP/2's own ping instead of calls of the health service.
 */
export class SessionConnection implements Disposable {
  /** Resolves when the client serves, or is gone before that. */
  readonly ready: Promise<void>;
  /** Resolves when the connection is over, however it ended. */
  readonly closed: Promise<void>;
  private readonly session: ClientHttp2Session;
  private answered = true;

  constructor(socket: Duplex) {
    this.session = connect("http://localhost", {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: streamWindowBytes },
    });
    this.session.once("connect", () => this.session.setLocalWindowSize(sessionWindowBytes));
    this.session.on("error", () => {}); // calls under way report it to their callers
    socket.once("end", () => this.session.destroy()); // half a connection serves nothing
    this.session.once("goaway", () => this.session.close());
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.ready = Promise.race([
      promise,
      new Promise<void>((tell) => this.session.once("remoteSettings", () => tell())),
    ]);
    const pings = setInterval(() => this.ping(), pingIntervalMs).unref();
    this.session.once("close", () => {
      clearInterval(pings);
      socket.destroy();
      resolve();
    });
  }

  /** Starts a request; `path` is `/package.Service/Method`. Throws `unavailable` once the connection is over. */
  request(path: string, headers: Readonly<Record<string, string | string[]>>): ClientHttp2Stream {
    if (this.session.closed || this.session.destroyed) {
      throw new TdockError("unavailable", "the build's client has closed its session", { reason: "disconnected" });
    }
    return this.session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc+proto",
      te: "trailers",
      ...headers,
    });
  }

  [Symbol.dispose](): void {
    this.session.destroy();
  }

  private ping(): void {
    if (!this.answered) this.session.destroy();
    if (this.session.destroyed) return;
    this.answered = false;
    this.session.ping(() => {
      this.answered = true;
    });
  }
}
