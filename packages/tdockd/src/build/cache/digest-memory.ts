import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readFileIfExists, removeFile, writeFileAtomic } from "../../host/atomic-file.ts";

/** Bytes that are read as far as they are asked for: there may be many. */
export interface BytesInParts {
  readonly length: number;
  read(from: number, to: number): Buffer;
}

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

  /** The same as bytes. */
  async read(digest: string): Promise<Buffer | undefined> {
    try {
      return await readFile(join(this.folder, digest));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw thrown;
    }
  }

  /** Hands what is there to `use`; `undefined` when there is nothing. */
  readParts<T>(digest: string, use: (bytes: BytesInParts) => T): T | undefined {
    let fd: number;
    try {
      fd = openSync(join(this.folder, digest), "r");
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw thrown;
    }
    try {
      return use({ length: fstatSync(fd).size, read: (from, to) => readPart(fd, from, to) });
    } finally {
      closeSync(fd);
    }
  }

  async set(digest: string, text: string | readonly Uint8Array[]): Promise<void> {
    await writeFileAtomic(join(this.folder, digest), text, { durable: false });
  }

  /** Forgets what `isKept` does not want. */
  async keep(isKept: (digest: string) => boolean): Promise<void> {
    for (const name of await readdir(this.folder)) if (!isKept(name)) await removeFile(join(this.folder, name));
  }
}

function readPart(fd: number, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, from));
}
