import { createHash, hash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { open, rm, unlink } from "node:fs/promises";
import { join } from "node:path";

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
  private next = 0;

  /** Makes the folder. */
  constructor(folder: string, firstNumber = 0) {
    this.folder = folder;
    this.next = firstNumber;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Writes what `bytes` yields, hashing it in the same pass. */
  async add(bytes: AsyncIterable<Uint8Array>): Promise<StagedFile> {
    const path = join(this.folder, String(this.next++));
    const iterator = bytes[Symbol.asyncIterator]();
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done === true) return writeSmall(path, Buffer.concat(chunks, size));
      chunks.push(value);
      size += value.length;
      if (size > smallBytes) return writeLarge(path, chunks, iterator);
    }
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Up to here a file is held in memory and written within the call: a context is mostly such files. */
const smallBytes = 256 * 1024;

function writeSmall(path: string, bytes: Uint8Array): StagedFile {
  const fd = openSync(path, "wx", 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } finally {
    closeSync(fd);
  }
  return { path, size: bytes.length, digest: hash("sha256", bytes) };
}

async function writeLarge(
  path: string,
  first: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): Promise<StagedFile> {
  const digest = createHash("sha256");
  let size = 0;
  const file = await open(path, "wx", 0o600);
  const write = async (chunk: Uint8Array) => {
    digest.update(chunk);
    for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
    size += chunk.length;
  };
  try {
    for (const chunk of first) await write(chunk);
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) await write(next.value);
  } catch (error) {
    await unlink(path).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
  return { path, size, digest: digest.digest("hex") };
}
