import type { Hash } from "node:crypto";
import { renameSync } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rm, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { hashFor, isDigest, splitDigest } from "../registry/digest.ts";
import { fetchBlob } from "../registry/fetch-blob.ts";
import type { Descriptor } from "../registry/manifest.ts";
import type { RegistrySession } from "../registry/session.ts";
import { ChunkBatch } from "./chunk-batch.ts";
import { GrowingFile } from "./growing-file.ts";

/** Where a blob is to be had. */
export interface BlobSource {
  readonly session: RegistrySession;
  readonly repository: string;
  /** Ask the registry itself, because a mirror gave wrong bytes. */
  readonly skipMirrors?: boolean;
}

const keptMs = 24 * 3600 * 1000;
const keptBytes = 64 * 1024;

/** What there is of a blob that has not arrived as a whole. */
export interface PartialDownload {
  readonly digest: string;
  readonly bytes: number;
  readonly changedAt: Date;
}

/** The folder of blobs that are on their way. What a broken or cancelled download left is gone on with, for 24 hours. */
export class DownloadFolder {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder, and deletes what nobody came back for; folders in it are of a load that did not end. */
  static async open(folder: string, now: Date): Promise<DownloadFolder> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const file = await stat(path).catch(() => undefined);
      const isStale = file !== undefined && (file.isDirectory() || file.mtimeMs < now.getTime() - keptMs);
      if (isStale) await rm(path, { recursive: true, force: true });
    }
    return new DownloadFolder(folder);
  }

  /** The file that a blob arrives in. Only one download may write to it at a time. */
  fileOf({ digest }: Pick<Descriptor, "digest">): GrowingFile {
    const { algorithm, hex } = splitDigest(digest);
    return new GrowingFile(join(this.#folder, `${algorithm}-${hex}`));
  }

  /** What has arrived in part, whether it is still on its way or broke off. */
  async list(): Promise<PartialDownload[]> {
    const found: PartialDownload[] = [];
    for (const name of await readdir(this.#folder)) {
      const digest = name.replace("-", ":");
      const file = isDigest(digest) ? await stat(join(this.#folder, name)).catch(() => undefined) : undefined;
      if (file !== undefined) found.push({ digest, bytes: file.blocks * 512, changedAt: file.mtime });
    }
    return found;
  }

  /** Deletes what there is of a blob. By the time this returns, a new download of it begins from nothing. */
  drop(digest: string): Promise<void> {
    const { path } = this.fileOf({ digest });
    const gone = `${path}.gone`;
    renameSync(path, gone);
    return rm(gone, { force: true });
  }
}

/**
 * Fetches a blob into a file, going on where an earlier download stopped, and verifies it. Readers of the file see the
 * bytes before they are verified. Throws as `fetchBlob`, and `invalid-argument` (reason `wrong-digest`). When
 * it was interrupted, what arrived is kept.
 */
export async function downloadBlob(
  { session, repository, skipMirrors = false }: BlobSource,
  blob: Descriptor,
  file: GrowingFile,
  signal: AbortSignal,
  onProgress: (bytes: number) => void = () => undefined,
): Promise<void> {
  try {
    await using handle = await open(file.path, "a+", 0o600);
    const hash = hashFor(blob.digest);
    let written = await resumeFrom(handle, blob, hash);
    file.grow(written);
    const batch = new ChunkBatch(handle);
    try {
      for await (const chunk of fetchBlob(session, repository, blob, { offset: written, skipMirrors }, signal)) {
        hash.update(chunk);
        written += await batch.add(chunk);
        file.grow(written);
        onProgress(written);
      }
    } finally {
      written += await batch.flush();
    }
    file.grow(written);
    checkDigest(hash, blob);
    file.end();
  } catch (thrown) {
    const error = TdockError.from(thrown);
    if (!isWorthKeeping(error, file) || !(await hasRoomFor(blob, file))) await rm(file.path, { force: true });
    file.end(error);
    throw error;
  }
}

/** What was interrupted is gone on with; what the registry refused or lied about is not, nor a mere beginning. */
function isWorthKeeping({ code }: TdockError, { length }: GrowingFile): boolean {
  return length >= keptBytes && (code === "canceled" || code === "unavailable" || code === "internal");
}

/** On a disk that is about full, what arrived only keeps others from their room. */
async function hasRoomFor({ size }: Descriptor, { path }: GrowingFile): Promise<boolean> {
  const { bavail, bsize } = await statfs(dirname(path));
  return bavail * bsize >= size;
}

/** Bytes that are there already, taken into the hash. A file that is too long was another's: it is begun anew. */
async function resumeFrom(handle: FileHandle, blob: Descriptor, hash: Hash): Promise<number> {
  const { size } = await handle.stat();
  if (size > blob.size) {
    await handle.truncate(0);
    return 0;
  }
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  for (let position = 0; position < size; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, size - position), position);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  return size;
}

function checkDigest(hash: Hash, { digest }: Descriptor): void {
  const found = hash.digest("hex");
  if (found === splitDigest(digest).hex) return;
  throw new TdockError("invalid-argument", `filesystem layer verification failed for digest ${digest}`, {
    reason: "wrong-digest",
  });
}
