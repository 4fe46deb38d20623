import { EventEmitter, once } from "node:events";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { readFileIfExists, removeFile, writeFileAtomicSync } from "../host/atomic-file.ts";
import type { Exec, ExecStatus } from "./exec.ts";
import { ExecExits } from "./exec-exits.ts";
import { ExecStarts } from "./exec-starts.ts";

/** How long an exec that has ended can still be asked for its exit code. */
const keptMs = 5 * 60_000;

/**
 * The execs of running containers. They live and die with the machine, so their records lie in the exec root: a
 * restart of tdockd finds them.
 */
export class ExecStore {
  readonly starts = new ExecStarts();
  readonly exits = new ExecExits();
  readonly #folder: string;
  readonly #execs = new Map<string, Exec>();
  /** An event named after its id for each change of an exec. */
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #claimed = new Set<string>();

  static async open(folder: string): Promise<ExecStore> {
    const store = new ExecStore(folder);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) await store.#load(name);
    return store;
  }

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Throws `not-found`, in Docker's words. */
  get(id: string): Exec {
    const found = this.#execs.get(id) ?? this.#byPrefix(id);
    if (found === undefined) throw new TdockError("not-found", `No such exec instance: ${id}`);
    return found;
  }

  find(id: string): Exec | undefined {
    return this.#execs.get(id);
  }

  /** Those of one container, or all. */
  list(containerId?: string): readonly Exec[] {
    const all = [...this.#execs.values()];
    return containerId === undefined ? all : all.filter((exec) => exec.containerId === containerId);
  }

  async add(exec: Exec): Promise<void> {
    this.#execs.set(exec.id, exec);
    this.#write(exec);
  }

  /** Whoever has it may start the exec; nobody else until it is disposed of. Undefined when somebody has it. */
  claim(id: string): Disposable | undefined {
    if (this.#claimed.has(id)) return undefined;
    this.#claimed.add(id);
    return { [Symbol.dispose]: () => void this.#claimed.delete(id) };
  }

  /** Holds also where it cannot be written down: then the next start does not know of it. */
  async setStatus(id: string, status: ExecStatus): Promise<void> {
    const exec = this.#execs.get(id);
    if (exec === undefined) return;
    const changed = { ...exec, status };
    this.#execs.set(id, changed);
    this.#changes.emit(id);
    this.#removeWhenOld(changed);
    try {
      this.#write(changed);
    } catch {
      // The exec root is full. What runs has to be followed all the same.
    }
  }

  async remove(id: string): Promise<void> {
    if (!this.#execs.delete(id)) return;
    this.#changes.emit(id);
    await removeFile(this.#pathOf(id));
  }

  /** Resolves once the status of an exec is one that `isReached` accepts, or its record is gone. Rejects on `signal`. */
  async reaches(id: string, isReached: (status: ExecStatus) => boolean, signal: AbortSignal): Promise<void> {
    for (;;) {
      const exec = this.#execs.get(id);
      if (exec === undefined || isReached(exec.status)) return;
      await once(this.#changes, id, { signal });
    }
  }

  #byPrefix(id: string): Exec | undefined {
    if (!/^[0-9a-f]{4,63}$/.test(id)) return undefined;
    const matches = [...this.#execs.values()].filter((exec) => exec.id.startsWith(id));
    return matches.length === 1 ? matches[0] : undefined;
  }

  async #load(name: string): Promise<void> {
    const path = join(this.#folder, name);
    try {
      const exec = JSON.parse((await readFileIfExists(path)) ?? "") as Exec;
      if (`${exec.id}.json` !== name) throw new SyntaxError("not an exec's record");
      this.#execs.set(exec.id, exec);
      this.#removeWhenOld(exec);
    } catch {
      await removeFile(path);
    }
  }

  /** A file that cannot be deleted is met again at the next start. */
  #removeWhenOld({ id, status }: Exec): void {
    if (status.kind === "exited") setTimeout(() => this.remove(id).catch(() => undefined), keptMs).unref();
  }

  /** Within the call: three small files to each exec, and what a client waits for is not to wait for them. */
  #write(exec: Exec): void {
    writeFileAtomicSync(this.#pathOf(exec.id), JSON.stringify(exec), { durable: false });
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
