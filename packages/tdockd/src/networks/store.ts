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

  /** Adds a record: its name is taken at once, the rest when it is on disk. Throws `conflict` when the name is in use. */
  async create(record: Network): Promise<void> {
    this.#add(record);
    try {
      await writeFileAtomic(this.#pathOf(record.id), JSON.stringify(record));
    } catch (error) {
      this.#forget(record);
      throw error;
    }
  }

  /** Puts another record in place of the one with its id; the name must be the same. */
  async replace(record: Network): Promise<void> {
    this.#records.set(record.id, record);
    await writeFileAtomic(this.#pathOf(record.id), JSON.stringify(record));
  }

  /** Deletes a record; its name is free at once. */
  async remove(record: Network): Promise<void> {
    this.#forget(record);
    await removeFile(this.#pathOf(record.id));
  }

  #add(record: Network): void {
    if (this.#idsByName.has(record.name)) {
      const message = `network with name ${record.name} already exists`;
      throw new TdockError("conflict", message, { reason: "name-in-use" });
    }
    this.#records.set(record.id, record);
    this.#idsByName.set(record.name, record.id);
  }

  #forget(record: Network): void {
    this.#records.delete(record.id);
    this.#idsByName.delete(record.name);
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
      this.#add(record);
    } catch (err) {
      log.error({ err, path }, "damaged network record set aside");
      await rename(path, `${path}.corrupt`);
    }
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
