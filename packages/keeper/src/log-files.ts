import { closeSync, constants, fstatSync, openSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";

/** A place in a log. Files are numbered in the order they were begun; the numbers live as long as the LogFiles. */
export interface Position {
  readonly file: number;
  readonly offset: number;
}

/**
 * The files of one log: `path` is the newest, `path.1` the one before it, and so on, as Docker names them.
 * Files get a number that stays theirs through renames, so that a reader knows where it is while they rotate.
 */
export class LogFiles {
  readonly path: string;
  #olderCount: number;
  #newest: number;

  /** Finds what is there and closes gaps that a kill in the middle of a rotation left in the names. */
  constructor(path: string) {
    this.path = path;
    this.#olderCount = closeGaps(path);
    this.#newest = this.#olderCount;
  }

  get newest(): number {
    return this.#newest;
  }

  get oldest(): number {
    return this.#newest - this.#olderCount;
  }

  /** A descriptor for reading, or undefined when the file is gone or was never written. */
  openForReading(file: number): number | undefined {
    if (file < this.oldest || file > this.#newest) return undefined;
    try {
      return openSync(this.#nameOf(file), constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch {
      return undefined;
    }
  }

  /** The end of the log as it is on disk. */
  end(): Position {
    const fd = this.openForReading(this.#newest);
    if (fd === undefined) return { file: this.#newest, offset: 0 };
    try {
      return { file: this.#newest, offset: fstatSync(fd).size };
    } finally {
      closeSync(fd);
    }
  }

  /**
   * The file before the first that was written to at or after a time (in seconds since 1970): a line that begins then
   * may have the begin of another before it.
   */
  firstChangedSince(seconds: number): number {
    let file = this.oldest;
    while (file < this.#newest && this.#changedMs(file) < seconds * 1000) file++;
    return Math.max(this.oldest, file - 1);
  }

  /** Makes room for a new newest file; of the older ones at most `maxFiles - 1` stay. */
  rotate(maxFiles: number): void {
    for (; this.#olderCount >= maxFiles; this.#olderCount--)
      rmSync(`${this.path}.${this.#olderCount}`, { force: true });
    if (maxFiles === 1) {
      rmSync(this.path, { force: true });
      this.#olderCount = 0;
    } else {
      if (this.#olderCount === maxFiles - 1) rmSync(`${this.path}.${this.#olderCount--}`, { force: true });
      for (let age = this.#olderCount; age >= 0; age--) renameSync(this.#nameOfAge(age), this.#nameOfAge(age + 1));
      this.#olderCount++;
    }
    this.#newest++;
  }

  /** Deletes all files. */
  remove(): void {
    for (let age = this.#olderCount; age >= 0; age--) rmSync(this.#nameOfAge(age), { force: true });
    this.#olderCount = 0;
  }

  /** The kernel's file times come from a clock that lags by up to 10 ms: rounded up. */
  #changedMs(file: number): number {
    return (statSync(this.#nameOf(file), { throwIfNoEntry: false })?.mtimeMs ?? 0) + 1000;
  }

  #nameOf(file: number): string {
    return this.#nameOfAge(this.#newest - file);
  }

  #nameOfAge(age: number): string {
    return age === 0 ? this.path : `${this.path}.${age}`;
  }
}

/** Renames `path.N` so that the numbers run from 1 without a gap; returns how many there are. */
function closeGaps(path: string): number {
  const ages = agesOf(path);
  ages.forEach((age, index) => {
    if (age !== index + 1) renameSync(`${path}.${age}`, `${path}.${index + 1}`);
  });
  return ages.length;
}

function agesOf(path: string): number[] {
  const prefix = `${basename(path)}.`;
  return listFolder(dirname(path))
    .filter((name) => name.startsWith(prefix) && /^[1-9]\d*$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b);
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
