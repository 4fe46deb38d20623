import type { Duplex } from "node:stream";
import type { SessionHead } from "@tdock/buildkit/control";
import { SessionConnection } from "@tdock/buildkit/session-connection";
import { createRpc, type Rpc } from "@tdock/containerd/rpc";

/** A client of the BuildKit session protocol for as long as it is connected. */
export class ClientSession implements Disposable {
  readonly id: string;
  readonly sharedKey: string;
  readonly rpc: Rpc;
  /** Resolves when the client serves, or is gone before that. */
  readonly ready: Promise<void>;
  /** Resolves when the client is gone. */
  readonly closed: Promise<void>;
  private readonly methods: ReadonlySet<string>;
  private readonly connection: SessionConnection;

  constructor({ id, sharedKey, methods }: SessionHead, socket: Duplex) {
    this.id = id;
    this.sharedKey = sharedKey;
    this.methods = new Set(methods.map((method) => method.toLowerCase()));
    this.connection = new SessionConnection(socket);
    this.rpc = createRpc(this.connection, "");
    this.ready = this.connection.ready;
    this.closed = this.connection.closed;
  }

  /** Whether the client serves the method `/package.Service/Method`. */
  serves(method: string): boolean {
    return this.methods.has(method.toLowerCase());
  }

  [Symbol.dispose](): void {
    this.connection[Symbol.dispose]();
  }
}
