import { createHash } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { aborted } from "../../host/aborted.ts";
import { readFileIfExists, writeFileAtomic } from "../../host/atomic-file.ts";
import { removeTree } from "../../host/remove-tree.ts";
import type { KeptFolder } from "./kept-folder.ts";
import { finishRemovals, removeFolder, unfinishedFolder } from "./remove-folder.ts";

/** A `RUN --mount=type=cache` folder. */
export interface CacheFolderRequest {
  /** Any text: it is only ever hashed. */
  readonly id: string;
  /** What people know it by. */
  readonly description: string;
  readonly sharing: "shared" | "private" | "locked";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Fills a new folder of the mount with this name. */
  fill(folder: string, name: string): Promise<void>;
}

/** A folder that one step may use until it is disposed of. */
export interface CacheFolder extends Disposable {
  /** Names the mount on every engine. */
  readonly name: string;
  readonly path: string;
}

/** The cache mounts of all builds: folders that outlive them, kept by ID. */
export class CacheMounts {
  readonly folder: string;
  private readonly users = new Map<string, number>();
  /** Folders that are being made. */
  private readonly filling = new Map<string, Promise<void>>();
  private readonly waiters = new Map<string, (() => void)[]>();

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    finishRemovals(folder);
  }

  /**
   * Takes a folder: `shared` at once, `locked` when nobody else has it, `private` one of its own while another has
   * the first. Rejects when the signal fires while it waits.
   */
  async take(request: CacheFolderRequest, signal: AbortSignal): Promise<CacheFolder> {
    const name = cacheMountName(request.id);
    const path = await this.choose(name, request.sharing, signal);
    const release = this.hold(path);
    try {
      await this.ensure(path, name, request, signal);
      await writeFileAtomic(noteOf(path), request.description, { durable: false });
    } catch (error) {
      release();
      throw error;
    }
    return { name, path, [Symbol.dispose]: release };
  }

  /** The first folder of a mount, which need not exist. */
  pathOf(name: string): string {
    return join(this.folder, name);
  }

  /** Every folder. */
  async list(): Promise<KeptFolder[]> {
    const names = (await readdir(this.folder)).filter((name) => !name.includes("."));
    return Promise.all(names.map((name) => this.keptFolder(name)));
  }

  private async keptFolder(name: string): Promise<KeptFolder> {
    const path = join(this.folder, name);
    const description = (await readFileIfExists(noteOf(path))) ?? "";
    const { mtime } = await stat(noteOf(path)).catch(() => stat(path));
    return {
      id: name.slice(0, 12) + (/-\d+$/.exec(name)?.[0] ?? ""),
      description: `cache mount ${description}`,
      path,
      isBusy: this.users.has(path),
      lastUsedAt: mtime.toISOString(),
      remove: () => this.remove(path),
    };
  }

  private async remove(path: string): Promise<boolean> {
    if (this.users.has(path)) return false;
    await removeFolder(path);
    await rm(noteOf(path), { force: true });
    return true;
  }

  /** Makes the folder unless it is there. Who comes while another fills it waits, and fills it if that fails. */
  private async ensure(path: string, name: string, request: CacheFolderRequest, signal: AbortSignal): Promise<void> {
    while (!existsSync(path)) {
      const other = this.filling.get(path);
      if (other !== undefined) {
        await Promise.race([other.catch(() => {}), aborted(signal)]);
        continue;
      }
      const filled = fillNew(path, name, request);
      this.filling.set(path, filled);
      try {
        await filled;
      } finally {
        this.filling.delete(path);
      }
    }
  }

  private async choose(name: string, sharing: CacheFolderRequest["sharing"], signal: AbortSignal): Promise<string> {
    const first = join(this.folder, name);
    if (sharing === "shared") return first;
    if (sharing === "locked") {
      while (this.users.has(first)) await this.released(first, signal);
      return first;
    }
    let path = first;
    for (let number = 1; this.users.has(path); number++) path = `${first}-${number}`;
    return path;
  }

  private hold(path: string): () => void {
    this.users.set(path, (this.users.get(path) ?? 0) + 1);
    return () => {
      const left = (this.users.get(path) ?? 1) - 1;
      if (left > 0) this.users.set(path, left);
      else this.users.delete(path);
      for (const wake of this.waiters.get(path) ?? []) wake();
      this.waiters.delete(path);
    };
  }

  private released(path: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      const wake = () => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
      this.waiters.set(path, [...(this.waiters.get(path) ?? []), wake]);
      if (signal.aborted) abort();
    });
  }
}

/** Under another name until it is complete: what is cut short must not be taken for what the mount is to hold. */
async function fillNew(path: string, name: string, { fill, uid, gid, mode }: CacheFolderRequest): Promise<void> {
  const made = unfinishedFolder(path);
  mkdirSync(made, { mode: 0o700 });
  try {
    await fill(made, name);
    chownSync(made, uid, gid);
    chmodSync(made, mode);
    renameSync(made, path);
  } catch (thrown) {
    await removeTree(made);
    throw thrown;
  }
}

/** What a mount is called on disk and in exported caches. */
function cacheMountName(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 32);
}

/** Beside the folder: what it is called; its time is when the folder was last taken. */
function noteOf(path: string): string {
  return `${path}.note`;
}
