import { createHash, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readdir, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ContextEntry, ContextListing } from "@tdock/api/build";
import { TdockError } from "@tdock/errors/error";
import { extract as extractTar } from "tar-stream";
import { writeFileAtomic } from "../../host/atomic-file.ts";
import type { TreeEntry } from "../tree/entry.ts";
import { FileTree, treePath } from "../tree/file-tree.ts";
import { type StagedFile, Staging } from "../tree/staging.ts";
import type { LoadedContext } from "./load-context.ts";

/** What is kept of a file: its size and stamp at the client, the digest of its bytes, the number they lie under. */
type KnownFile = readonly [size: number, stamp: string, digest: string, number: number];

/** A context whose listing has arrived. */
interface Pending {
  readonly key: string;
  readonly entries: readonly ContextEntry[];
  readonly known: Map<string, KnownFile>;
  readonly missing: ReadonlySet<number>;
  readonly release: () => void;
}

/** A context that is whole, until it is disposed of. */
export interface KeptContext extends LoadedContext, Disposable {}

/** A listing that nobody builds from is forgotten after this. */
const pendingMs = 10 * 60_000;

/**
 * Contexts that clients build from again and again: the bytes of their files, so that only what changed has to be
 * sent. Files are numbered and never written twice: layers share them.
 */
export class ContextStore {
  private readonly folder: string;
  private readonly pending = new Map<string, Pending>();
  private readonly users = new Map<string, number>();

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Takes a listing and says which files have to be sent. */
  async prepare({ name, entries }: ContextListing): Promise<{ id: string; missing: number[] }> {
    const key = createHash("sha256").update(name).digest("hex").slice(0, 32);
    const release = this.use(key);
    const index = await this.readIndex(key);
    const known = new Map<string, KnownFile>();
    const missing: number[] = [];
    for (const [number, [path, kind, , , size, stamp]] of entries.entries()) {
      if (kind !== "f") continue;
      const old = index.get(path);
      if (old !== undefined && stamp !== "" && old[0] === size && old[1] === stamp) known.set(path, old);
      else missing.push(number);
    }
    const id = randomUUID();
    this.pending.set(id, { key, entries, known, missing: new Set(missing), release });
    setTimeout(() => this.forget(id), pendingMs).unref();
    return { id, missing };
  }

  /** Completes a context with the files that it lacked. Throws `not-found`, `invalid-argument` for one still missing. */
  async complete(id: string, body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<KeptContext> {
    const pending = this.pending.get(id);
    if (pending === undefined) throw new TdockError("not-found", `no such context: ${id}`);
    this.pending.delete(id);
    try {
      await this.receive(pending, body, signal);
      const folder = this.filesOf(pending.key);
      const tree = treeOf(pending, folder);
      await this.writeIndex(pending.key, pending.known);
      return { tree, folder, [Symbol.dispose]: pending.release };
    } catch (thrown) {
      pending.release();
      throw thrown;
    }
  }

  private async receive(pending: Pending, body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    if (pending.missing.size === 0) return;
    const staging = new Staging(this.filesOf(pending.key), await this.nextNumber(pending.key));
    const extract = extractTar();
    const feeding = pipeline(Readable.from(body), extract, { signal });
    feeding.catch(() => {}); // the reader is told of every failure
    for await (const entry of extract) {
      const number = Number(entry.header.name);
      const listed = pending.missing.has(number) ? pending.entries[number] : undefined;
      if (listed === undefined) throw new TdockError("invalid-argument", `not asked for: ${entry.header.name}`);
      const bytes = entry as unknown as AsyncIterable<Uint8Array>; // streamx declares what it yields as any
      pending.known.set(listed[0], knownFile(listed, await staging.add(bytes)));
    }
    signal.throwIfAborted();
  }

  private use(key: string): () => void {
    this.users.set(key, (this.users.get(key) ?? 0) + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const left = (this.users.get(key) ?? 1) - 1;
      if (left > 0) this.users.set(key, left);
      else {
        this.users.delete(key);
        this.clean(key).catch(() => {}); // what stays is found by the next clean-up
      }
    };
  }

  private forget(id: string): void {
    this.pending.get(id)?.release();
    this.pending.delete(id);
  }

  /** Deletes files that the latest listing no longer has, once no build reads them. */
  private async clean(key: string): Promise<void> {
    const used = new Set([...(await this.readIndex(key)).values()].map(([, , , number]) => String(number)));
    for (const name of await readdir(this.filesOf(key))) {
      if (this.users.has(key)) return;
      if (!used.has(name)) await unlink(join(this.filesOf(key), name));
    }
  }

  private filesOf(key: string): string {
    return join(this.folder, key, "files");
  }

  private async nextNumber(key: string): Promise<number> {
    mkdirSync(this.filesOf(key), { recursive: true, mode: 0o700 });
    const names = await readdir(this.filesOf(key));
    return names.reduce((most, name) => Math.max(most, Number(name) + 1), 0);
  }

  private async readIndex(key: string): Promise<Map<string, KnownFile>> {
    mkdirSync(this.filesOf(key), { recursive: true, mode: 0o700 });
    try {
      return new Map(JSON.parse(await readFile(join(this.folder, key, "index.json"), "utf8")) as [string, KnownFile][]);
    } catch {
      return new Map(); // missing or damaged: everything is sent again
    }
  }

  private async writeIndex(key: string, known: ReadonlyMap<string, KnownFile>): Promise<void> {
    await writeFileAtomic(join(this.folder, key, "index.json"), JSON.stringify([...known]), { durable: false });
  }
}

function knownFile([, , , , , stamp]: ContextEntry, { path, size, digest }: StagedFile): KnownFile {
  return [size, stamp, digest, Number(path.slice(path.lastIndexOf("/") + 1))];
}

function treeOf({ entries, known }: Pending, folder: string): FileTree {
  const tree = new FileTree();
  for (const [path, kind, mode, mtime, content] of entries) {
    tree.set(treePath(path), entryOf({ path, kind, mode: mode & 0o7777, mtime, content }, known, folder));
  }
  return tree;
}

interface Listed {
  readonly path: string;
  readonly kind: ContextEntry[1];
  readonly mode: number;
  readonly mtime: number;
  readonly content: number | string;
}

function entryOf({ path, kind, mode, mtime, content }: Listed, known: Pending["known"], folder: string): TreeEntry {
  const common = { mode, uid: 0, gid: 0, mtime };
  if (kind === "d") return { kind: "folder", ...common };
  if (kind === "l") return { kind: "link", ...common, mode: 0o777, target: String(content) };
  const file = known.get(path);
  if (file === undefined)
    throw new TdockError("invalid-argument", `${path} was not sent`, { reason: "context-incomplete" });
  const [size, , digest, number] = file;
  return { kind: "file", ...common, size, digest, content: join(folder, String(number)) };
}
