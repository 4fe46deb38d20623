/** A socket of Bun's. `write` tells how many bytes were taken, -1 when it is closed; `shutdown` closes our half. */
export interface BunSocket {
  write(bytes: Uint8Array): number;
  pause(): void;
  resume(): void;
  shutdown(): void;
  end(): void;
}

interface BunSocketHandlers {
  readonly binaryType: "uint8array";
  data(socket: BunSocket, chunk: Uint8Array): void;
  drain(socket: BunSocket): void;
  /** The other side has closed its half. */
  end(socket: BunSocket): void;
  close(socket: BunSocket, error?: Error): void;
  error(socket: BunSocket, error: Error): void;
}

interface BunTls {
  readonly ca?: Uint8Array | undefined;
  readonly cert?: Uint8Array | undefined;
  readonly key?: Uint8Array | undefined;
  readonly rejectUnauthorized?: boolean;
}

type BunAddress = { readonly unix: string } | { readonly hostname: string; readonly port: number };

export type BunConnectOptions = BunAddress & { readonly tls?: BunTls | undefined };

/** What Bun's `fetch` takes besides what every `fetch` takes. Without `timeout: false`, five silent minutes end it. */
export interface BunRequestInit extends RequestInit {
  readonly unix?: string;
  readonly tls?: BunTls | undefined;
  readonly timeout: false;
  readonly decompress: false;
}

/** A file that nobody has opened yet. */
export interface BunFile extends Blob {
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** A program that Bun has started. */
export interface BunProcess {
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Its exit code. */
  readonly exited: Promise<number>;
}

interface BunSpawnOptions {
  readonly cwd?: string;
  readonly stdin: "ignore";
  readonly stdout: "pipe";
  readonly stderr: "pipe" | "ignore";
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface BunHasher {
  update(bytes: Uint8Array): BunHasher;
  digest(encoding: "hex"): string;
}

/**
 * The little of Bun that is used where Node's counterpart is slow to load: node:net, node:tty, node:crypto and node:child_process take 4 ms each.
 * Declared by hand, since Bun's own types change the global ones of the whole workspace.
 */
interface Bun {
  connect(
    options: BunConnectOptions & { readonly allowHalfOpen: true; readonly socket: BunSocketHandlers },
  ): Promise<BunSocket>;
  readonly stdin: { stream(): ReadableStream<Uint8Array> };
  file(path: string): BunFile;
  /** Throws when there is no such program or folder. */
  spawn(command: readonly string[], options: BunSpawnOptions): BunProcess;
  readonly CryptoHasher: new (algorithm: "sha256") => BunHasher;
}

export const { Bun: bun } = globalThis as unknown as { readonly Bun: Bun };
