import { closeSync, constants, openSync } from "node:fs";
import { nameOf, type OpenRequest, type OutputKey } from "./protocol.ts";

/**
 * Read ends that tdockd keeps open and never reads from. The kernel drops what is in a FIFO when the last who has it
 * open goes: without these, a container that exits while the keeper is being restarted would take up to 64 KiB along.
 */
export class HeldFifos implements Disposable {
  readonly #fds = new Map<string, readonly number[]>();
  readonly #widen: (fd: number) => void;

  /** `widen` is called with each FIFO once. */
  constructor(widen: (fd: number) => void) {
    this.#widen = widen;
  }

  /** Call when the FIFOs are there. */
  hold(request: OpenRequest): void {
    const name = nameOf(request);
    if (this.#fds.has(name)) return;
    const paths = request.stderrPath === undefined ? [request.stdoutPath] : [request.stdoutPath, request.stderrPath];
    const fds = paths.flatMap(openIfThere);
    this.#fds.set(name, fds);
    for (const fd of fds) this.#widen(fd);
  }

  release(key: OutputKey): void {
    for (const fd of this.#fds.get(nameOf(key)) ?? []) closeSync(fd);
    this.#fds.delete(nameOf(key));
  }

  [Symbol.dispose](): void {
    for (const fd of [...this.#fds.values()].flat()) closeSync(fd);
    this.#fds.clear();
  }
}

function openIfThere(path: string): number[] {
  try {
    return [openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)];
  } catch {
    return [];
  }
}
