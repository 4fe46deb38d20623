import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { readFileIfExists, removeFile, writeFileAtomic } from "../../host/atomic-file.ts";

/**
 * Small texts under the digest of what they answer: which files a path of a finished stage holds, what a COPY copied.
 * Losing one costs a look at the files.
 */
export class DigestMemory {
  private readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(folder: string): Promise<DigestMemory> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new DigestMemory(folder);
  }

  get(digest: string): Promise<string | undefined> {
    return readFileIfExists(join(this.folder, digest));
  }

  async set(digest: string, text: string | Uint8Array): Promise<void> {
    await writeFileAtomic(join(this.folder, digest), text, { durable: false });
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    for (const name of await readdir(this.folder)) await removeFile(join(this.folder, name));
  }
}
