import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { TdockError } from "@tdock/errors/error";

const run = promisify(execFile);
const batch = 32;
const low = 16;

/**
 * FIFOs made ahead of time: Node cannot make one, and starting `mkfifo` takes longer than the rest of an `open`.
 * They lie in a folder of their own and are renamed to where they are wanted (same file system).
 */
export class FifoPool {
  readonly #folder: string;
  readonly #free: string[] = [];
  #filling: Promise<void> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Puts a fresh FIFO (0600) at each path, in place of one that may be there; their folders are made, 0700. */
  async place(paths: readonly string[]): Promise<void> {
    while (this.#free.length < paths.length) await this.fill();
    for (const path of paths) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      renameSync(join(this.#folder, this.#free.pop() as string), path);
    }
    if (this.#free.length < low) this.fill().catch(() => undefined);
  }

  /** Makes a batch; two calls at once share one. Throws `unavailable` when `mkfifo` cannot be run. */
  fill(): Promise<void> {
    this.#filling ??= this.#make().finally(() => {
      this.#filling = undefined;
    });
    return this.#filling;
  }

  async #make(): Promise<void> {
    const taken = new Set(readdirSync(this.#folder));
    const names = Array.from({ length: batch * 2 }, (_, index) => String(index)).filter((name) => !taken.has(name));
    try {
      await run("mkfifo", ["-m", "600", ...names], { cwd: this.#folder });
    } catch (cause) {
      throw new TdockError("unavailable", "mkfifo (Debian: coreutils) failed", { cause });
    }
    this.#free.push(...names);
  }
}
