import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { Logger } from "pino";
import { isTemporaryName, removeFile, writeFileAtomic } from "../../host/atomic-file.ts";
import { isFirstAfterBoot } from "../../host/boot.ts";
import type { StepRecord } from "./step-record.ts";

const syncedEnding = ".json";
/** Of a record whose layer may not be on the disk yet. */
const unsyncedEnding = ".unsynced";

/**
 * Results of steps by key: records on disk, one file each, all in memory. A damaged record is set aside and costs
 * that one result. One whose layer was not brought to the disk before the machine went down is dropped: its files may
 * be empty.
 */
export class StepCache {
  private readonly folder: string;
  private readonly records = new Map<string, StepRecord>();
  private readonly bySlot = new Map<string, StepRecord>();
  /** Snapshots by key: those that may not be on the disk yet, and those that are. */
  private readonly unsynced = new Map<string, string>();
  private readonly settled = new Map<string, string>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(folder: string, log: Pick<Logger, "warn">): Promise<StepCache> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const cache = new StepCache(folder);
    const isAfterBoot = await isFirstAfterBoot(folder);
    for (const name of await readdir(folder)) {
      const isLost = isAfterBoot && name.endsWith(unsyncedEnding);
      if (isTemporaryName(name) || isLost) await removeFile(join(folder, name));
      else if (name.endsWith(syncedEnding) || name.endsWith(unsyncedEnding)) await cache.load(name, log);
    }
    return cache;
  }

  get(key: string): StepRecord | undefined {
    return this.records.get(key);
  }

  /**
   * The latest run of the step that has this slot, whatever it was made from; where that was another instruction, the
   * stage's latest that said the same and stood elsewhere.
   */
  latest(slot: string, text: string): StepRecord | undefined {
    const here = this.bySlot.get(slot);
    if (here?.inputs.text === text) return here;
    const stage = stageOf(slot);
    const isMoved = ({ inputs, slot }: StepRecord) => inputs.text === text && stageOf(slot) === stage;
    const [moved] = this.list()
      .filter(isMoved)
      .sort((one, other) => (one.lastUsedAt > other.lastUsedAt ? -1 : 1));
    return moved ?? here;
  }

  /** The latest `COPY --link` of the same, whatever it stands on. */
  linked(linkKey: string): StepRecord | undefined {
    const found = this.list().filter((record) => record.linkKey === linkKey);
    return found.sort((one, other) => (one.lastUsedAt > other.lastUsedAt ? -1 : 1))[0];
  }

  list(): StepRecord[] {
    return [...this.records.values()];
  }

  /** Makes a result known at once; it outlives tdockd when the promise resolves, and the machine after `settle`. */
  async put(record: StepRecord): Promise<void> {
    const { key, snapshot } = record;
    this.remember(record);
    const isSettled = this.settled.get(key) === snapshot;
    const path = this.path(key, isSettled ? syncedEnding : unsyncedEnding);
    await writeFileAtomic(path, JSON.stringify(record), { durable: false });
    if (isSettled) return;
    this.unsynced.set(key, snapshot);
    await removeFile(this.path(key, syncedEnding));
  }

  /** Keeps what was put so far over a power cut as well. `flush` brings its layers to the disk. */
  async settle(flush: () => Promise<void>): Promise<void> {
    const waiting = [...this.unsynced];
    if (waiting.length === 0) return;
    await flush();
    for (const [key, snapshot] of waiting) {
      if (this.unsynced.get(key) !== snapshot) continue;
      this.unsynced.delete(key);
      this.settled.set(key, snapshot);
      await rename(this.path(key, unsyncedEnding), this.path(key, syncedEnding));
    }
  }

  async remove(key: string): Promise<void> {
    const record = this.records.get(key);
    this.records.delete(key);
    if (record !== undefined && this.bySlot.get(record.slot) === record) this.bySlot.delete(record.slot);
    this.unsynced.delete(key);
    this.settled.delete(key);
    for (const ending of [syncedEnding, unsyncedEnding]) await removeFile(this.path(key, ending));
  }

  private remember(record: StepRecord): void {
    this.records.set(record.key, record);
    const known = this.bySlot.get(record.slot);
    if (known === undefined || known.lastUsedAt <= record.lastUsedAt) this.bySlot.set(record.slot, record);
  }

  private async load(name: string, log: Pick<Logger, "warn">): Promise<void> {
    const path = join(this.folder, name);
    try {
      const record = JSON.parse(await readFile(path, "utf8")) as StepRecord;
      if (!isRecord(record, basename(name, extname(name)))) throw new SyntaxError("not a record of a build step");
      this.remember(record);
      (name.endsWith(syncedEnding) ? this.settled : this.unsynced).set(record.key, record.snapshot);
    } catch (err) {
      log.warn({ path, err }, "a damaged record of a build step is set aside");
      await rename(path, `${path}.corrupt`);
    }
  }

  private path(key: string, ending: string): string {
    return join(this.folder, key + ending);
  }
}

/** A slot without the step's number in its stage, which is the last but one of its words. */
function stageOf(slot: string): string {
  return slot.replace(/\d+ (?=\w+$)/, "");
}

function isRecord(record: StepRecord, key: string): boolean {
  const texts = [
    record.key,
    record.id,
    record.slot,
    record.title,
    record.snapshot,
    record.createdAt,
    record.lastUsedAt,
  ];
  return (
    texts.every((text) => typeof text === "string") &&
    record.key === key &&
    Array.isArray(record.layers) &&
    typeof record.inputs === "object" &&
    typeof record.sizeBytes === "number"
  );
}
