import { setTimeout as pause } from "node:timers/promises";
import { TdockError } from "@tdock/errors/error";
import type { Logger } from "pino";
import { readFileIfExists, writeFileAtomic } from "../host/atomic-file.ts";

const writeDelayMs = 2_000;
const maxImages = 5_000;

/**
 * When each image was last run or built upon, by its ID. Kept in a file that is written a moment after a change, so
 * that no start waits for it; what is lost with a crash are seconds.
 */
export class LastUse {
  readonly #path: string;
  readonly #log: Pick<Logger, "warn">;
  readonly #times: Map<string, number>;
  #isChanged = false;
  #writing: Promise<void> | undefined;

  private constructor(path: string, log: Pick<Logger, "warn">, times: Map<string, number>) {
    this.#path = path;
    this.#log = log;
    this.#times = times;
  }

  /** Reads the file, or makes it. A damaged one counts as empty: it costs no more than the order in which images are freed. */
  static async open(path: string, log: Pick<Logger, "warn">): Promise<LastUse> {
    const text = await readFileIfExists(path);
    const lastUse = new LastUse(path, log, readTimes(text));
    if (text === undefined) await lastUse.#write();
    return lastUse;
  }

  /** Undefined for an image that was not used yet. */
  of(imageId: string): Date | undefined {
    const time = this.#times.get(imageId);
    return time === undefined ? undefined : new Date(time);
  }

  touch(imageId: string, now: Date): void {
    this.#times.delete(imageId); // The newest stand last.
    this.#times.set(imageId, now.getTime());
    this.#isChanged = true;
    this.#writing ??= pause(writeDelayMs, undefined, { ref: false }).then(() => this.flush());
  }

  /** Writes what was touched since. */
  async flush(): Promise<void> {
    this.#writing = undefined;
    if (this.#isChanged) await this.#write();
  }

  /** Never throws: nothing but an order depends on it. */
  async #write(): Promise<void> {
    this.#isChanged = false;
    try {
      await writeFileAtomic(this.#path, JSON.stringify(Object.fromEntries([...this.#times].slice(-maxImages))));
    } catch (thrown) {
      this.#log.warn({ error: TdockError.from(thrown).message }, "the last use of images is not written down");
    }
  }
}

function readTimes(text: string | undefined): Map<string, number> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    if (typeof value !== "object" || value === null) return new Map();
    return new Map(Object.entries(value).filter(([, time]) => Number.isFinite(time)) as [string, number][]);
  } catch {
    return new Map();
  }
}
