import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { KeptFolder } from "../cache/kept-folder.ts";
import { finishRemovals, isBeingRemoved, removeFolder } from "../cache/remove-folder.ts";
import { indexPath, readIndex } from "./context-index.ts";
import { type AnnouncedContext, OpenContext } from "./open-context.ts";

/** So many files are looked for one by one. */
const fewNames = 100;

/**
 * Contexts that clients build from again and again: the bytes of their files, so that only what changed has to be
 * sent. Files have names of ours and are never written twice: layers share them.
 */
export class ContextStore {
  private readonly folder: string;
  private readonly users = new Map<string, number>();
  /** Contexts whose folders hold nothing that is not needed, but for what has been dropped. */
  private readonly clean = new Set<string>();
  private readonly dropped = new Map<string, readonly string[]>();
  /** Of builds that are over: what they know is still being written down. */
  private readonly ending = new Set<Promise<void>>();

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    finishRemovals(folder);
  }

  /** Opens a context for one build. Dispose of it when the build is over. */
  async open(announced: AnnouncedContext): Promise<OpenContext> {
    const key = createHash("sha256").update(announced.name).digest("hex").slice(0, 32);
    const folder = join(this.folder, key);
    mkdirSync(join(folder, "files"), { recursive: true, mode: 0o700 });
    this.users.set(key, (this.users.get(key) ?? 0) + 1);
    return new OpenContext(folder, announced, await readIndex(folder), (dropped) => this.release(key, dropped));
  }

  /** A context that nothing is kept of: its files lie in `folder`, which is its build's own. */
  openOnce(folder: string, announced: AnnouncedContext): OpenContext {
    mkdirSync(join(folder, "files"), { recursive: true, mode: 0o700 });
    return new OpenContext(folder, announced, undefined, () => {});
  }

  /** Every context that is kept. */
  async list(): Promise<KeptFolder[]> {
    await Promise.all(this.ending);
    const keys = (await readdir(this.folder)).filter((name) => !isBeingRemoved(name));
    return Promise.all(keys.map((key) => this.keptFolder(key)));
  }

  private async keptFolder(key: string): Promise<KeptFolder> {
    const path = join(this.folder, key);
    const { mtime } = await stat(indexPath(path)).catch(() => stat(path));
    return {
      id: key.slice(0, 12),
      description: "build context",
      path,
      isBusy: this.users.has(key),
      lastUsedAt: mtime.toISOString(),
      remove: async () => {
        if (this.users.has(key)) return false;
        await removeFolder(path);
        return true;
      },
    };
  }

  private release(key: string, dropped: Promise<readonly string[] | undefined>): void {
    const ended = dropped.then((names) => this.end(key, names));
    this.ending.add(ended);
    ended.finally(() => this.ending.delete(ended));
  }

  private end(key: string, dropped: readonly string[] | undefined): void {
    if (dropped === undefined) this.clean.delete(key);
    else this.dropped.set(key, [...(this.dropped.get(key) ?? []), ...dropped]);
    const left = (this.users.get(key) ?? 1) - 1;
    if (left > 0) this.users.set(key, left);
    else {
      this.users.delete(key);
      this.tidy(key).catch(() => {}); // what stays is found by the next clean-up
    }
  }

  private async tidy(key: string): Promise<void> {
    const dropped = this.dropped.get(key) ?? [];
    this.dropped.delete(key);
    if (!this.clean.has(key) || dropped.length > fewNames) await this.cleanUp(key);
    else if (dropped.length > 0) await this.remove(key, dropped);
  }

  /** Deletes files that no build has asked for since, unless another build has kept them. */
  private async remove(key: string, names: readonly string[]): Promise<void> {
    this.clean.delete(key);
    const folder = join(this.folder, key);
    const { files } = await readIndex(folder);
    for (const name of names) {
      if (this.users.has(key)) return;
      if (!files.holds(name)) await unlink(join(folder, "files", name));
    }
    this.clean.add(key);
  }

  /** Deletes files that the latest listing no longer has, once no build reads them. */
  private async cleanUp(key: string): Promise<void> {
    const folder = join(this.folder, key);
    const used = (await readIndex(folder)).files.names();
    for (const name of await readdir(join(folder, "files"))) {
      if (this.users.has(key)) return;
      if (!used.has(name)) await unlink(join(folder, "files", name));
    }
    this.clean.add(key);
  }
}
