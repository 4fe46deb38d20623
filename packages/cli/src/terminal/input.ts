import { DetachScanner } from "@tdock/api/detach-scanner";
import { bun } from "../client/bun.ts";
import type { Connection } from "../client/connection.ts";
import { isTerminal } from "./is-terminal.ts";

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

  constructor(socket: Connection, { tty, detachKeys }: InputOptions) {
    this.#isRaw = tty && isTerminal(0);
    if (this.#isRaw) enterRawMode();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.detached = promise;
    copyInput(socket, tty ? detachKeys : undefined).then(
      (end) => end === "detached" && resolve(),
      // Input that cannot be read, such as that of a terminal that is gone, ends the session.
      () => socket.destroy(),
    );
  }

  [Symbol.dispose](): void {
    if (this.#isRaw) process.stdin.setRawMode(false);
  }
}

/** Writes our standard input to a connection until it ends or the detach keys are typed. */
export async function copyInput(socket: Connection, detachKeys?: Uint8Array): Promise<"ended" | "detached"> {
  const scanner = detachKeys && new DetachScanner(detachKeys);
  for await (const chunk of bun.stdin.stream()) {
    const { passed, detached } = scanner?.scan(chunk) ?? { passed: chunk, detached: false };
    await socket.write(passed);
    if (!detached) continue;
    // The engine has to see them too: what a client has started that just went away, it ends.
    await socket.write(detachKeys ?? new Uint8Array());
    return "detached";
  }
  socket.end();
  return "ended";
}

/**
 * The runtime's raw mode is that of input alone. Output has to be raw too: what the process's own terminal has made of
 * line ends must not be made of them again, else programs that draw draw beside the place. Leaving raw mode undoes both.
 */
function enterRawMode(): void {
  process.stdin.setRawMode(true);
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  spawnSync("stty", ["-opost"], { stdio: ["inherit", "ignore", "ignore"] });
}
