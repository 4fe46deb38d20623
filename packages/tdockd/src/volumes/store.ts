import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { Logger } from "pino";
import { readFileIfExists, syncFolder, writeFileAtomic } from "../host/atomic-file.ts";
import { KeyedLock } from "../host/keyed-lock.ts";
import { makeFolder } from "../host/make-folder.ts";
import { refuseMounted, removeTree } from "../host/remove-tree.ts";
import { MountedVolumes } from "./mounted-volumes.ts";
import type { Volume } from "./volume.ts";

/** Begins the names of folders that are being deleted; no volume's name begins like it. */
const doomedPrefix = ".removing-";

/**
 * The records of all volumes and where their data lies: `<folder>/<name>/{volume.json,_data}`. An index in memory
 * answers every read. A folder whose record is damaged or missing is left as it is: it may hold somebody's data.
 */
export class VolumeStore {
  readonly #folder: string;
  readonly #records = new Map<string, Volume>();
  /** Those of them that are mounted for containers that run. */
  readonly mounted = new MountedVolumes();
  /** By name: who fills an empty one holds it, so that the next one finds it filled. */
  readonly filling = new KeyedLock();
  readonly #creations = new Map<string, Promise<void>>();
  readonly #removals = new Map<string, Promise<void>>();
  /** container id -> names of its volumes, from before its record exists until it has gone */
  readonly #holds = new Map<string, Set<string>>();

  static async open(folder: string, log: Logger): Promise<VolumeStore> {
    const store = new VolumeStore(folder);
    await mkdir(folder, { recursive: true, mode: 0o701 });
    for (const name of await readdir(folder)) await store.#load(name, log);
    return store;
  }

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** The folder that is mounted into containers. */
  dataFolder(name: string): string {
    return join(this.#folder, name, "_data");
  }

  /** Throws `not-found`, in Docker's words. */
  get(name: string): Volume {
    const volume = this.#records.get(name);
    if (volume !== undefined) return volume;
    throw new TdockError("not-found", `get ${name}: no such volume`, { reason: "no-such-volume" });
  }

  find(name: string): Volume | undefined {
    return this.#records.get(name);
  }

  /** In the order of names. */
  list(): readonly Volume[] {
    return [...this.#records.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Adds a volume with an empty folder; answers the one that exists when its name is taken by an equal one. The name
   * must have been checked. Throws `conflict` when it is taken by one with other options.
   */
  async create(volume: Volume): Promise<Volume> {
    await this.#removals.get(volume.name)?.catch(() => {});
    const existing = this.#records.get(volume.name);
    if (existing !== undefined) {
      // Its folder may be on its way only.
      await this.#creations.get(volume.name);
      return sameOrThrow(existing, volume);
    }
    this.#records.set(volume.name, volume);
    const creation = this.#makeFolders(volume);
    this.#creations.set(volume.name, creation);
    try {
      await creation;
      return volume;
    } catch (error) {
      this.#records.delete(volume.name);
      throw error;
    } finally {
      this.#creations.delete(volume.name);
    }
  }

  async #makeFolders(volume: Volume): Promise<void> {
    await makeFolder(join(this.#folder, volume.name, "_data"), 0o755);
    await this.#write(volume);
    await syncFolder(this.#folder);
  }

  /**
   * Deletes a volume and its data. It is gone for every reader at once, and on disk too before the first file of it
   * goes: one that is cut short is finished by the next start. Nothing may be mounted on it: throws `conflict`.
   */
  async remove(name: string): Promise<void> {
    const volume = this.get(name);
    refuseMounted(join(this.#folder, name));
    this.#records.delete(name);
    const doomed = join(this.#folder, `${doomedPrefix}${randomUUID()}`);
    const removal = rename(join(this.#folder, name), doomed).then(() => syncFolder(this.#folder));
    this.#removals.set(name, removal);
    try {
      await removal;
    } catch (error) {
      this.#records.set(name, volume);
      throw error;
    } finally {
      this.#removals.delete(name);
    }
    await removeTree(doomed);
  }

  /** Counts a volume, which need not exist yet, as used by a container that has no record yet. */
  hold(containerId: string, name: string): void {
    const names = this.#holds.get(containerId) ?? new Set<string>();
    this.#holds.set(containerId, names.add(name));
  }

  heldBy(containerId: string): readonly string[] {
    return [...(this.#holds.get(containerId) ?? [])];
  }

  holdersOf(name: string): string[] {
    return [...this.#holds].flatMap(([id, names]) => (names.has(name) ? [id] : []));
  }

  letGo(containerId: string): void {
    this.#holds.delete(containerId);
  }

  /** An anonymous volume outlives the container it was made for, by the user's will. */
  async keep(name: string): Promise<void> {
    const kept = { ...this.get(name), madeFor: "" };
    this.#records.set(name, kept);
    await this.#write(kept);
  }

  #write(volume: Volume): Promise<void> {
    return writeFileAtomic(join(this.#folder, volume.name, "volume.json"), JSON.stringify(volume));
  }

  async #load(name: string, log: Logger): Promise<void> {
    if (name.startsWith(doomedPrefix)) {
      const folder = join(this.#folder, name);
      removeTree(folder).catch((err) => log.error({ err, folder }, "a removed volume could not be deleted"));
      return;
    }
    const path = join(this.#folder, name, "volume.json");
    const text = await readFileIfExists(path).catch(() => undefined);
    if (text === undefined) return;
    try {
      const volume = JSON.parse(text) as Volume;
      if (volume.name !== name || typeof volume.options !== "object") throw new SyntaxError("not a volume's record");
      this.#records.set(name, volume);
    } catch (err) {
      log.error({ err, path }, "damaged volume record set aside; its data is untouched");
      await rename(path, `${path}.corrupt`);
    }
  }
}

/** Creating a volume that exists is no error, as long as it is the one that was meant. */
function sameOrThrow(existing: Volume, wanted: Volume): Volume {
  const differs =
    Object.keys(wanted.options).length > 0 &&
    JSON.stringify(sorted(existing.options)) !== JSON.stringify(sorted(wanted.options));
  if (!differs) return existing;
  throw new TdockError("conflict", `volume ${wanted.name} exists with other options`, { reason: "name-in-use" });
}

function sorted(map: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}
