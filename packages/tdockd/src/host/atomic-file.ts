import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { open, readFile, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { releaseReserve } from "./disk-reserve.ts";

export interface WriteOptions {
  /** File mode, 0600 unless told. */
  readonly mode?: number;
  /**
   * Whether the file must outlive a power cut. `false` is for what dies with the kernel anyway (the exec root):
   * the file is still never half-written for a reader, also through `kill -9`.
   */
  readonly durable?: boolean;
  /** `false` for what may be lost when the disk is full: the reserve is not for it. */
  readonly mayUseReserve?: boolean;
}

let counter = 0;

/**
 * Replaces the file at `path` whole: after a crash it holds the old or the new bytes, never a mixture.
 * Temporary file in the same folder, fsync, rename, fsync of the folder. The folder must exist. On a full disk the
 * reserve makes room.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array | readonly Uint8Array[],
  options: WriteOptions = {},
): Promise<void> {
  try {
    await replaceFile(path, data, options);
  } catch (error) {
    if (options.mayUseReserve === false || !isDiskFull(error)) throw error;
    releaseReserve();
    await replaceFile(path, data, options);
  }
}

async function replaceFile(
  path: string,
  data: Parameters<typeof writeFileAtomic>[1],
  options: WriteOptions,
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, "wx", options.mode ?? 0o600);
    try {
      await file.writeFile(data);
      if (options.durable !== false) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
  if (options.durable !== false) await syncFolder(dirname(path));
}

/** As `writeFileAtomic`, within the call. For small files of the exec root on a path where order matters. */
export function writeFileAtomicSync(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
  const temporary = temporaryName(path);
  try {
    writeThrough(temporary, data, options);
    renameSync(temporary, path);
  } catch (error) {
    ignoreMissing(() => unlinkSync(temporary));
    throw error;
  }
  if (options.durable !== false) syncFolderSync(dirname(path));
}

/**
 * Writes a file where it lies, keeping its inode: for files that are bind-mounted into containers, where a rename
 * would leave the container with the old one. Readers may see it half-written for an instant. On a full disk the
 * reserve makes room.
 */
export function rewriteFileSync(path: string, data: string | Uint8Array, mode = 0o644): void {
  try {
    writeInPlace(path, data, mode);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    releaseReserve();
    writeInPlace(path, data, mode);
  }
}

function writeInPlace(path: string, data: string | Uint8Array, mode: number): void {
  const fd = openSync(path, "w", mode);
  try {
    writeAll(fd, data);
  } finally {
    closeSync(fd);
  }
}

/** The text of a file, or `undefined` when there is none. */
export async function readFileIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Removes a file durably; that it is already gone is no error. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Makes an empty file at `path` unless something is there: a place to mount on. */
export function touchFileSync(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, "a", 0o600));
}

/** Left over from a crash in the middle of a write: safe to delete at start-up. */
export function isTemporaryName(name: string): boolean {
  return /^\..*\.tmp-\d+-\d+$/.test(name);
}

function temporaryName(path: string): string {
  counter += 1;
  return join(dirname(path), `.${basename(path)}.tmp-${process.pid}-${counter}`);
}

function writeThrough(path: string, data: string | Uint8Array, options: WriteOptions): void {
  const fd = openSync(path, "wx", options.mode ?? 0o600);
  try {
    writeAll(fd, data);
    if (options.durable !== false) fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, data: string | Uint8Array): void {
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

function syncFolderSync(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function isDiskFull(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOSPC";
}

function ignoreMissing(action: () => void): void {
  try {
    action();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
