import { LogFiles } from "./log-files.ts";

/** One LogFiles per log, however many read and write it: file numbers must mean the same to all of them. */
export class FilesInUse {
  readonly #users = new Map<string, { readonly files: LogFiles; count: number }>();

  take(path: string): LogFiles {
    const entry = this.#users.get(path) ?? { files: new LogFiles(path), count: 0 };
    entry.count++;
    this.#users.set(path, entry);
    return entry.files;
  }

  release({ path }: LogFiles): void {
    const entry = this.#users.get(path);
    if (entry !== undefined && --entry.count === 0) this.#users.delete(path);
  }
}
