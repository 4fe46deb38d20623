import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { isTemporaryName, removeFile, writeFileAtomic } from "../../host/atomic-file.ts";
import type { StepRecord } from "./step-record.ts";

/**
 * Results of steps by key: records on disk, one file each, all in memory. A damaged record is set aside and costs
 * that one result.
 */
export class StepCache {
  private readonly folder: string;
  private readonly records = new Map<string, StepRecord>();
  private readonly bySlot = new Map<string, StepRecord>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(folder: string, log: Pick<Logger, "warn">): Promise<StepCache> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const cache = new StepCache(folder);
    for (const name of await readdir(folder)) {
      if (isTemporaryName(name)) await removeFile(join(folder, name));
      else if (name.endsWith(".json")) await cache.load(name, log);
    }
    return cache;
  }

  get(key: string): StepRecord | undefined {
    return this.records.get(key);
  }

  /** The latest run of the step that has this slot, whatever it was made from. */
  latest(slot: string): StepRecord | undefined {
    return this.bySlot.get(slot);
  }

  list(): StepRecord[] {
    return [...this.records.values()];
  }

  /** Makes a result known at once; it is on disk when the promise resolves. */
  async put(record: StepRecord): Promise<void> {
    this.remember(record);
    await writeFileAtomic(this.path(record.key), JSON.stringify(record), { durable: false });
  }

  async remove(key: string): Promise<void> {
    const record = this.records.get(key);
    this.records.delete(key);
    if (record !== undefined && this.bySlot.get(record.slot) === record) this.bySlot.delete(record.slot);
    await removeFile(this.path(key));
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
      if (!isRecord(record, name)) throw new SyntaxError("not a record of a build step");
      this.remember(record);
    } catch (err) {
      log.warn({ path, err }, "a damaged record of a build step is set aside");
      await rename(path, `${path}.corrupt`);
    }
  }

  private path(key: string): string {
    return join(this.folder, `${key}.json`);
  }
}

function isRecord(record: StepRecord, name: string): boolean {
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
    `${record.key}.json` === name &&
    Array.isArray(record.layers) &&
    typeof record.inputs === "object" &&
    typeof record.sizeBytes === "number"
  );
}
