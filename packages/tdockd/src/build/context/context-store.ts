import { createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readdir, readFile, stat, unlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { encodeListedEntry, type ListedEntry, parseContextListing } from "@tdock/api/context-listing";
import { TdockError } from "@tdock/errors/error";
import { extract as extractTar } from "tar-stream";
import { writeFileAtomic } from "../../host/atomic-file.ts";
import type { KeptFolder } from "../cache/kept-folder.ts";
import { finishRemovals, isBeingRemoved, removeFolder } from "../cache/remove-folder.ts";
import type { TreeEntry } from "../tree/entry.ts";
import { FileTree, treePath } from "../tree/file-tree.ts";
import { type StagedFile, Staging } from "../tree/staging.ts";
import type { LoadedContext } from "./loaded-context.ts";

/** What is kept of a file: its size and stamp at the client, the digest of its bytes, the name they lie under. */
type KnownFile = readonly [size: number, stamp: string, digest: string, name: string];

/** What is kept of a context: the listing it was last built from, and its files by path. */
interface ContextIndex {
  /** SHA-256 of the listing; "" when a file in it may have changed again since. */
  readonly listing: string;
  readonly files: readonly (readonly [string, KnownFile])[];
}

/** A context as a client announces it. */
export interface AnnouncedContext {
  readonly name: string;
  /** SHA-256 of its listing, in hex. */
  readonly digest: string;
  /** When the listing was begun, in seconds since 1970. */
  readonly listedAt: number;
}

/** Puts the files that a context lacks into a staging folder; yields each with its number in the listing. */
export type FileReceiver = (staging: Staging) => AsyncGenerator<readonly [number, StagedFile], void, undefined>;

/** A file that changed less than so many seconds before it was listed may change again without its time changing. */
const settledSeconds = 2;

/**
 * Contexts that clients build from again and again: the bytes of their files, so that only what changed has to be
 * sent. Files have names of ours and are never written twice: layers share them.
 */
export class ContextStore {
  private readonly folder: string;
  private readonly users = new Map<string, number>();

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
    return new OpenContext(folder, announced, await readIndex(folder), () => this.release(key));
  }

  /** A context that nothing is kept of: its files lie in `folder`, which is its build's own. */
  openOnce(folder: string, announced: AnnouncedContext): OpenContext {
    mkdirSync(join(folder, "files"), { recursive: true, mode: 0o700 });
    return new OpenContext(folder, announced, emptyIndex, () => {});
  }

  /** Every context that is kept. */
  async list(): Promise<KeptFolder[]> {
    const keys = (await readdir(this.folder)).filter((name) => !isBeingRemoved(name));
    return Promise.all(keys.map((key) => this.keptFolder(key)));
  }

  private async keptFolder(key: string): Promise<KeptFolder> {
    const path = join(this.folder, key);
    const { mtime } = await stat(join(path, "index.json")).catch(() => stat(path));
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

  private release(key: string): void {
    const left = (this.users.get(key) ?? 1) - 1;
    if (left > 0) this.users.set(key, left);
    else {
      this.users.delete(key);
      this.clean(key).catch(() => {}); // what stays is found by the next clean-up
    }
  }

  /** Deletes files that the latest listing no longer has, once no build reads them. */
  private async clean(key: string): Promise<void> {
    const folder = join(this.folder, key);
    const used = new Set((await readIndex(folder)).files.map(([, [, , , name]]) => name));
    for (const name of await readdir(join(folder, "files"))) {
      if (this.users.has(key)) return;
      if (!used.has(name)) await unlink(join(folder, "files", name));
    }
  }
}

/** A context that one build reads. */
export class OpenContext implements Disposable {
  /** Stands for the folder, whatever it holds. */
  readonly key: string;
  private readonly folder: string;
  private readonly announced: AnnouncedContext;
  private readonly index: ContextIndex;
  private readonly release: () => void;
  private entries: readonly (ListedEntry | undefined)[] | undefined;
  private readonly known = new Map<string, KnownFile>();
  private missing: ReadonlySet<number> = new Set();

  constructor(folder: string, announced: AnnouncedContext, index: ContextIndex, release: () => void) {
    this.key = basename(folder);
    this.folder = folder;
    this.announced = announced;
    this.index = index;
    let released = false;
    this.release = () => {
      if (!released) release();
      released = true;
    };
  }

  /** Whether the listing is not the one of the last build. */
  get wantsListing(): boolean {
    return this.index.listing !== this.announced.digest;
  }

  /** Takes the listing; answers with the numbers of the files that have to be sent. Throws `invalid-argument`. */
  list(text: string): number[] {
    this.entries = parseContextListing(text);
    const files = new Map(this.index.files);
    const missing: number[] = [];
    for (const [number, entry] of this.entries.entries()) {
      if (entry?.kind !== "f") continue;
      const old = files.get(entry.path);
      if (old !== undefined && old[0] === entry.size && old[1] === entry.stamp) this.known.set(entry.path, old);
      else missing.push(number);
    }
    this.missing = new Set(missing);
    return missing;
  }

  /**
   * Completes the context with an archive of the files that it lacked. Throws `invalid-argument` for one that is still
   * missing.
   */
  complete(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<LoadedContext> {
    return this.completeWith((staging) => this.filesOfArchive(body, staging, signal));
  }

  /** The same with the files as `receive` yields them, each with its number in the listing. */
  async completeWith(receive: FileReceiver): Promise<LoadedContext> {
    const { digest } = this.announced;
    const files = join(this.folder, "files");
    if (this.entries === undefined && !this.wantsListing) {
      return { identity: digest, folder: files, tree: async () => this.readTree() };
    }
    if (this.entries === undefined) throw new TdockError("invalid-argument", "the context's listing was not sent");
    await this.receive(this.entries, receive);
    const tree = treeOf(this.entries, this.known, files);
    const settled = await this.writeIndex(this.entries);
    return { identity: settled ? digest : undefined, folder: files, tree: async () => tree };
  }

  [Symbol.dispose](): void {
    this.release();
  }

  private async receive(entries: readonly (ListedEntry | undefined)[], receive: FileReceiver): Promise<void> {
    if (this.missing.size === 0) return;
    const staging = new Staging(join(this.folder, "files"), `${randomBytes(6).toString("hex")}-`);
    for await (const [number, { path, size, digest }] of receive(staging)) {
      const asked = entries[number] as ListedEntry;
      const isAsListed = size === asked.size;
      this.known.set(asked.path, [size, isAsListed ? this.stampOf(asked) : "", digest, basename(path)]);
    }
  }

  private async *filesOfArchive(
    body: AsyncIterable<Uint8Array>,
    staging: Staging,
    signal: AbortSignal,
  ): ReturnType<FileReceiver> {
    const extract = extractTar();
    const feeding = pipeline(Readable.from(body), extract, { signal });
    feeding.catch(() => {}); // the reader is told of every failure
    for await (const entry of extract) {
      const number = Number(entry.header.name);
      if (!this.missing.has(number)) throw new TdockError("invalid-argument", `not asked for: ${entry.header.name}`);
      const bytes = entry as unknown as AsyncIterable<Uint8Array>; // streamx declares what it yields as any
      yield [number, await staging.add(bytes)];
    }
    signal.throwIfAborted();
  }

  /** "" for a file that may change again without its stamp changing. */
  private stampOf({ stamp }: ListedEntry): string {
    const changedAt = Number(stamp.slice(stamp.lastIndexOf(":") + 1));
    return changedAt < this.announced.listedAt - settledSeconds ? stamp : "";
  }

  /** The tree of the listing that is known, read from disk. */
  private async readTree(): Promise<FileTree> {
    const text = await readFile(join(this.folder, "listing"), "utf8");
    return treeOf(parseContextListing(text), new Map(this.index.files), join(this.folder, "files"));
  }

  private async writeIndex(entries: readonly (ListedEntry | undefined)[]): Promise<boolean> {
    const settled = [...this.known.values()].every(([, stamp]) => stamp !== "");
    const texts = entries.map((entry) => (entry === undefined ? "" : encodeListedEntry(entry)));
    await writeFileAtomic(join(this.folder, "listing"), texts.join(""), { durable: false });
    const index: ContextIndex = { listing: settled ? this.announced.digest : "", files: [...this.known] };
    await writeFileAtomic(join(this.folder, "index.json"), JSON.stringify(index), { durable: false });
    return settled;
  }
}

const emptyIndex: ContextIndex = { listing: "", files: [] };

async function readIndex(folder: string): Promise<ContextIndex> {
  try {
    return JSON.parse(await readFile(join(folder, "index.json"), "utf8")) as ContextIndex;
  } catch {
    return emptyIndex; // missing or damaged: everything is sent again
  }
}

function treeOf(
  entries: readonly (ListedEntry | undefined)[],
  known: ReadonlyMap<string, KnownFile>,
  folder: string,
): FileTree {
  const tree = new FileTree();
  for (const entry of entries) {
    if (entry !== undefined) tree.set(treePath(entry.path), treeEntry(entry, known, folder));
  }
  return tree;
}

function treeEntry(listed: ListedEntry, known: ReadonlyMap<string, KnownFile>, folder: string): TreeEntry {
  const common = { mode: listed.mode & 0o7777, uid: 0, gid: 0, mtime: listed.mtime };
  if (listed.kind === "d") return { kind: "folder", ...common };
  if (listed.kind === "l") return { kind: "link", ...common, mode: 0o777, target: listed.target };
  const file = known.get(listed.path);
  if (file === undefined) throw new TdockError("invalid-argument", `${listed.path} was not sent`);
  const [size, , digest, name] = file;
  return { kind: "file", ...common, size, digest, content: join(folder, name) };
}
