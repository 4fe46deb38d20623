import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { Logger } from "pino";
import { isTemporaryName, readFileIfExists, removeFile, writeFileAtomic } from "../host/atomic-file.ts";
import type { Network } from "./network.ts";

/**
 * The records of all networks: one JSON file each, and an index in memory that answers every read.
 * A damaged file costs that network, never the start.
 */
export class NetworkStore {
  readonly #folder: string;
  readonly #records = new Map<string, Network>();
  readonly #idsByName = new Map<string, string>();
  /** Those that are not on disk yet. */
  readonly #coming = new Map<string, Network>();

  static async open(folder: string, log: Logger): Promise<NetworkStore> {
    const store = new NetworkStore(folder);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) await store.#load(name, log);
    return store;
  }

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** By full id, name, or unique prefix of an id. Throws `not-found`; `invalid-argument` for an ambiguous prefix. */
  get(reference: string): Network {
    const found = this.find(reference);
    if (found !== undefined) return found;
    throw new TdockError("not-found", `network ${reference} not found`, { reason: "no-such-network" });
  }

  find(reference: string): Network | undefined {
    const name = reference === "default" ? "bridge" : reference;
    const exact = this.#records.get(name) ?? this.#records.get(this.#idsByName.get(name) ?? "");
    if (exact !== undefined || !/^[0-9a-f]{1,63}$/.test(name)) return exact;
    const matches = [...this.#records.keys()].filter((id) => id.startsWith(name));
    if (matches.length > 1) {
      throw new TdockError("invalid-argument", `network ${reference} is ambiguous (${matches.length} matches found)`);
    }
    return this.#records.get(matches[0] ?? "");
  }

  /** Oldest first. */
  list(): readonly Network[] {
    return [...this.#records.values()].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  }

  /** Those of `list`, and those that are being created: their subnets are taken, too. */
  planned(): readonly Network[] {
    return [...this.list(), ...this.#coming.values()];
  }

  /**
   * Adds a record: its name and its subnets are taken at once, but nobody can use or remove it before it is on disk.
   * Throws `conflict` when the name is in use.
   */
  async create(record: Network): Promise<void> {
    this.#takeName(record);
    this.#coming.set(record.id, record);
    try {
      await writeFileAtomic(this.#pathOf(record.id), JSON.stringify(record));
      this.#records.set(record.id, record);
    } catch (error) {
      this.#idsByName.delete(record.name);
      throw error;
    } finally {
      this.#coming.delete(record.id);
    }
  }

  /** Puts another record in place of the one with its id; the name must be the same. */
  async replace(record: Network): Promise<void> {
    this.#records.set(record.id, record);
    await writeFileAtomic(this.#pathOf(record.id), JSON.stringify(record));
  }

  /** Deletes a record: nobody finds it from now on. Its name is free once it is gone from the disk as well. */
  async remove(record: Network): Promise<void> {
    this.#records.delete(record.id);
    try {
      await removeFile(this.#pathOf(record.id));
    } catch (error) {
      this.#records.set(record.id, record);
      throw error;
    }
    this.#idsByName.delete(record.name);
  }

  #takeName(record: Network): void {
    if (this.#idsByName.has(record.name)) {
      const message = `network with name ${record.name} already exists`;
      throw new TdockError("conflict", message, { reason: "name-in-use" });
    }
    this.#idsByName.set(record.name, record.id);
  }

  async #load(fileName: string, log: Logger): Promise<void> {
    const path = join(this.#folder, fileName);
    if (isTemporaryName(fileName)) return removeFile(path);
    if (!/^[0-9a-f]{64}\.json$/.test(fileName)) return;
    try {
      const record = JSON.parse((await readFileIfExists(path)) ?? "") as Network;
      if (`${record.id}.json` !== fileName || typeof record.name !== "string" || !Array.isArray(record.subnets)) {
        throw new SyntaxError("not a network's record");
      }
      this.#takeName(record);
      this.#records.set(record.id, record);
    } catch (err) {
      log.error({ err, path }, "damaged network record set aside");
      await rename(path, `${path}.corrupt`);
    }
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
