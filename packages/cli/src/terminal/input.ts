import type { Duplex } from "node:stream";
import { DetachScanner } from "@tdock/api/detach-scanner";

export interface InputOptions {
  /** Whether the process has a terminal: then ours is put into raw mode, if we have one. */
  readonly tty: boolean;
  /** Bytes that detach; looked for only with `tty`. */
  readonly detachKeys: Uint8Array;
}

/**
 * Our standard input on its way to a process. At our end of file the engine is told, and output still comes.
 * Dispose of it to let go of the terminal.
 */
export class InputCopy implements Disposable {
  /** Resolves when the detach keys were typed; else never. */
  readonly detached: Promise<void>;
  readonly #isRaw: boolean;

  constructor(socket: Duplex, { tty, detachKeys }: InputOptions) {
    this.#isRaw = tty && process.stdin.isTTY === true;
    if (this.#isRaw) enterRawMode();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.detached = promise;
    if (tty) pipeScanned(socket, new DetachScanner(detachKeys, resolve));
    else process.stdin.pipe(socket);
    // The engine closes its end when the process is gone: what is still typed has no reader.
    socket.on("error", () => process.stdin.unpipe());
  }

  [Symbol.dispose](): void {
    process.stdin.unpipe();
    process.stdin.pause();
    if (this.#isRaw) process.stdin.setRawMode(false);
  }
}

/**
 * Node's raw mode is that of input alone. Output has to be raw too: what the process's own terminal has made of line
 * ends must not be made of them again, else programs that draw draw beside the place. Leaving raw mode undoes both.
 */
function enterRawMode(): void {
  process.stdin.setRawMode(true);
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  spawnSync("stty", ["-opost"], { stdio: ["inherit", "ignore", "ignore"] });
}

/** The scanner also ends when the keys were typed: that must not look like an end of input to the process. */
function pipeScanned(socket: Duplex, scanner: DetachScanner): void {
  process.stdin.once("end", () => scanner.once("end", () => socket.end()));
  process.stdin.pipe(scanner).pipe(socket, { end: false });
}
