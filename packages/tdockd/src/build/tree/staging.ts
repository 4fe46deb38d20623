import { createHash, hash } from "node:crypto";
import { closeSync, mkdirSync, openSync, unlinkSync, write, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Bytes that were put aside under a number: no name from outside ever reaches the disk. */
export interface StagedFile {
  readonly path: string;
  readonly size: number;
  /** SHA-256 in hex. */
  readonly digest: string;
}

/** A folder of numbered files. */
export class Staging {
  readonly folder: string;
  private readonly prefix: string;
  private next = 0;

  /** Makes the folder. Several may write to one folder when each has a prefix of its own. */
  constructor(folder: string, prefix = "") {
    this.folder = folder;
    this.prefix = prefix;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Writes what `bytes` yields, hashing it in the same pass. */
  async add(bytes: AsyncIterable<Uint8Array>): Promise<StagedFile> {
    const file = this.open();
    try {
      for await (const chunk of bytes) await file.write(chunk);
    } catch (error) {
      file.discard();
      throw error;
    }
    return file.finish();
  }

  /** Begins a file whose bytes come piece by piece. It has to be finished or discarded. */
  open(): StagedWriter {
    return new StagedWriter(this.nextPath());
  }

  /** Writes a file whose bytes are all there. They should be few: nothing else is done meanwhile. */
  put(bytes: Uint8Array): StagedFile {
    const path = this.nextPath();
    const fd = openSync(path, "wx", 0o600);
    try {
      writeNow(fd, bytes);
    } catch (thrown) {
      unlinkSync(path);
      throw thrown;
    } finally {
      closeSync(fd);
    }
    return { path, size: bytes.length, digest: hash("sha256", bytes) };
  }

  private nextPath(): string {
    return join(this.folder, `${this.prefix}${this.next++}`);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A staged file while it is written. */
export class StagedWriter {
  private readonly path: string;
  private readonly fd: number;
  private readonly digest = createHash("sha256");
  private size = 0;

  constructor(path: string) {
    this.path = path;
    this.fd = openSync(path, "wx", 0o600);
  }

  /** Takes the next bytes; nothing else may be called until it resolves. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.digest.update(chunk);
    this.size += chunk.length;
    if (this.size > smallBytes) return writeLater(this.fd, chunk);
    writeNow(this.fd, chunk);
    return undefined;
  }

  finish(): StagedFile {
    closeSync(this.fd);
    return { path: this.path, size: this.size, digest: this.digest.digest("hex") };
  }

  discard(): void {
    closeSync(this.fd);
    unlinkSync(this.path);
  }
}

/** So much of a file is written within the call: a context is mostly files that are smaller. */
export const smallBytes = 256 * 1024;

function writeNow(fd: number, chunk: Uint8Array): void {
  for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
}

const writeAsync = promisify(write);

async function writeLater(fd: number, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await writeAsync(fd, chunk, at)).bytesWritten;
}
