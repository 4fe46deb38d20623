import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { Logger } from "pino";
import { readFileIfExists, writeFileAtomic } from "../host/atomic-file.ts";
import { KeyedLock } from "../host/keyed-lock.ts";
import { type Container, isDead } from "./container.ts";

/**
 * The records of all containers: one JSON file each, and an index in memory that answers every read.
 * A record changes only inside `update`. A damaged file costs that container, never the start.
 */
export class ContainerStore {
  readonly #folder: string;
  readonly #records = new Map<string, Container>();
  readonly #idsByName = new Map<string, string>();
  readonly #locks = new KeyedLock();
  readonly #writes = new Map<string, Promise<void>>();

  static async open(folder: string, log: Logger): Promise<ContainerStore> {
    const store = new ContainerStore(folder);
    await mkdir(folder, { recursive: true, mode: 0o710 });
    for (const id of await readdir(folder)) await store.#load(id, log);
    return store;
  }

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** The folder that holds a container's record, its log and the files that are mounted into it. */
  folderOf(id: string): string {
    return join(this.#folder, id);
  }

  /** By full id, name, or unique prefix of an id. Throws `not-found`, `invalid-argument` for an ambiguous prefix. */
  get(reference: string): Container {
    const found = this.find(reference);
    if (found !== undefined) return found;
    throw new TdockError("not-found", `No such container: ${reference}`, { reason: "no-such-container" });
  }

  find(reference: string): Container | undefined {
    const exact = this.#records.get(reference) ?? this.#byName(reference);
    if (exact !== undefined || !/^[0-9a-f]{1,63}$/.test(reference)) return exact;
    const matches = [...this.#records.keys()].filter((id) => id.startsWith(reference));
    if (matches.length > 1) {
      throw new TdockError("invalid-argument", `multiple IDs found with provided prefix: ${reference}`);
    }
    return this.#records.get(matches[0] ?? "");
  }

  /** Newest first. */
  list(): readonly Container[] {
    return [...this.#records.values()].reverse();
  }

  isNameTaken(name: string): boolean {
    return this.#idsByName.has(name);
  }

  /** Takes a name before there is a record. Throws `conflict` when it is in use. */
  reserveName(name: string, id: string): void {
    this.#takeName(name, id);
  }

  /** Gives back a name that was reserved for `id`. */
  releaseName(name: string, id: string): void {
    if (this.#idsByName.get(name) === id) this.#idsByName.delete(name);
  }

  /**
   * Adds a record. Its name is taken at once; nobody finds it before it is on disk, or they would use its folder before
   * it is there. Durable unless the container is removed with its process anyway. Throws `conflict` when the name is in
   * use.
   */
  async create(record: Container): Promise<void> {
    this.#takeName(record.name, record.id);
    try {
      await mkdir(this.folderOf(record.id), { mode: 0o710 });
      await this.#write(record, record.hostConfig.AutoRemove !== true);
      this.#records.set(record.id, record);
    } catch (thrown) {
      this.releaseName(record.name, record.id);
      await this.remove(record.id);
      throw thrown;
    }
  }

  /**
   * Replaces a record by what `change` makes of it, in memory at once; resolves when it is on disk.
   * `durable: false` is for what containerd can tell again after a power cut.
   */
  async update(
    id: string,
    change: (record: Container) => Container,
    options: { readonly durable?: boolean } = {},
  ): Promise<Container> {
    const before = this.#records.get(id);
    if (before === undefined) throw new TdockError("not-found", `No such container: ${id}`);
    const after = change(before);
    if (after.name !== before.name) {
      this.#takeName(after.name, id);
      this.#idsByName.delete(before.name);
    }
    this.#records.set(id, after);
    await this.#write(after, options.durable ?? false);
    return after;
  }

  /** Forgets a container for every reader; its name is free. The file goes with {@link remove}. */
  hide(id: string): void {
    const record = this.#records.get(id);
    this.#records.delete(id);
    if (record !== undefined && this.#idsByName.get(record.name) === id) this.#idsByName.delete(record.name);
  }

  /** Deletes the record and its folder. Does nothing when they are gone. */
  async remove(id: string): Promise<void> {
    this.hide(id);
    await this.#writes.get(id)?.catch(() => {});
    this.#writes.delete(id);
    await rm(this.folderOf(id), { recursive: true, force: true });
  }

  /** Serialises operations on one container. */
  lock(id: string): Promise<Disposable> {
    return this.#locks.acquire(id);
  }

  async #load(id: string, log: Logger): Promise<void> {
    const path = join(this.folderOf(id), "container.json");
    const text = await readFileIfExists(path);
    // A folder without a record is a creation that a crash cut short: recovery sweeps it.
    if (text === undefined) return;
    try {
      const record = JSON.parse(text) as Container;
      if (record.id !== id || typeof record.name !== "string" || typeof record.status?.kind !== "string") {
        throw new SyntaxError("not a container's record");
      }
      // What was left of one that was removed has no name any more: a new one may have it.
      if (!isDead(record)) this.#takeName(record.name, id);
      this.#records.set(id, record);
    } catch (err) {
      log.error({ err, path }, "damaged container record set aside");
      await rename(path, `${path}.corrupt`);
    }
  }

  #byName(reference: string): Container | undefined {
    const id = this.#idsByName.get(reference.startsWith("/") ? reference.slice(1) : reference);
    return id === undefined ? undefined : this.#records.get(id);
  }

  #takeName(name: string, id: string): void {
    const owner = this.#idsByName.get(name);
    if (owner !== undefined && owner !== id) {
      throw new TdockError(
        "conflict",
        `Conflict. The container name "/${name}" is already in use by container "${owner}". You have to remove (or rename) that container to be able to reuse that name.`,
        { reason: "name-in-use" },
      );
    }
    this.#idsByName.set(name, id);
  }

  /** One write at a time for each record, in order, so that the newest state is the one that stays. */
  #write(record: Container, durable: boolean): Promise<void> {
    const path = join(this.folderOf(record.id), "container.json");
    const before = this.#writes.get(record.id) ?? Promise.resolve();
    const write = before.catch(() => {}).then(() => writeFileAtomic(path, JSON.stringify(record), { durable }));
    this.#writes.set(record.id, write);
    return write;
  }
}
