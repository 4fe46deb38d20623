import { createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readdir, readFile, unlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ContextEntry } from "@tdock/api/build";
import { TdockError } from "@tdock/errors/error";
import { extract as extractTar } from "tar-stream";
import { writeFileAtomic } from "../../host/atomic-file.ts";
import type { TreeEntry } from "../tree/entry.ts";
import { FileTree, treePath } from "../tree/file-tree.ts";
import { type StagedFile, Staging } from "../tree/staging.ts";
import type { LoadedContext } from "./load-context.ts";

/** What is kept of a file: its size and stamp at the client, the digest of its bytes, the name they lie under. */
type KnownFile = readonly [size: number, stamp: string, digest: string, name: string];

/** A context whose listing has arrived. `release` must be called when it is not needed any more. */
export interface ListedContext {
  readonly key: string;
  readonly entries: readonly ContextEntry[];
  readonly known: Map<string, KnownFile>;
  readonly missing: ReadonlySet<number>;
  readonly release: () => void;
}

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
  }

  /** Takes a listing and finds out which files have to be sent. */
  async list(name: string, entries: readonly ContextEntry[]): Promise<ListedContext> {
    const key = createHash("sha256").update(name).digest("hex").slice(0, 32);
    const release = this.use(key);
    const index = await this.readIndex(key);
    const known = new Map<string, KnownFile>();
    const missing = new Set<number>();
    for (const [number, [path, kind, , , size, stamp]] of entries.entries()) {
      if (kind !== "f") continue;
      const old = index.get(path);
      if (old !== undefined && stamp !== "" && old[0] === size && old[1] === stamp) known.set(path, old);
      else missing.add(number);
    }
    return { key, entries, known, missing, release };
  }

  /** Completes a context with the files that it lacked. Throws `invalid-argument` for one that is still missing. */
  async complete(listed: ListedContext, body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<LoadedContext> {
    await this.receive(listed, body, signal);
    const folder = this.filesOf(listed.key);
    const tree = treeOf(listed, folder);
    if (listed.missing.size > 0) await this.writeIndex(listed.key, listed.known);
    return { tree, folder };
  }

  private async receive(listed: ListedContext, body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    if (listed.missing.size === 0) return;
    const staging = new Staging(this.filesOf(listed.key), `${randomBytes(6).toString("hex")}-`);
    const extract = extractTar();
    const feeding = pipeline(Readable.from(body), extract, { signal });
    feeding.catch(() => {}); // the reader is told of every failure
    for await (const entry of extract) {
      const number = Number(entry.header.name);
      const asked = listed.missing.has(number) ? listed.entries[number] : undefined;
      if (asked === undefined) throw new TdockError("invalid-argument", `not asked for: ${entry.header.name}`);
      const bytes = entry as unknown as AsyncIterable<Uint8Array>; // streamx declares what it yields as any
      listed.known.set(asked[0], knownFile(asked, await staging.add(bytes)));
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

  /** Deletes files that the latest listing no longer has, once no build reads them. */
  private async clean(key: string): Promise<void> {
    const used = new Set([...(await this.readIndex(key)).values()].map(([, , , name]) => name));
    for (const name of await readdir(this.filesOf(key))) {
      if (this.users.has(key)) return;
      if (!used.has(name)) await unlink(join(this.filesOf(key), name));
    }
  }

  private filesOf(key: string): string {
    return join(this.folder, key, "files");
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
  return [size, stamp, digest, basename(path)];
}

function treeOf({ entries, known }: ListedContext, folder: string): FileTree {
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

function entryOf(
  { path, kind, mode, mtime, content }: Listed,
  known: ListedContext["known"],
  folder: string,
): TreeEntry {
  const common = { mode, uid: 0, gid: 0, mtime };
  if (kind === "d") return { kind: "folder", ...common };
  if (kind === "l") return { kind: "link", ...common, mode: 0o777, target: String(content) };
  const file = known.get(path);
  if (file === undefined)
    throw new TdockError("invalid-argument", `${path} was not sent`, { reason: "context-incomplete" });
  const [size, , digest, name] = file;
  return { kind: "file", ...common, size, digest, content: join(folder, name) };
}
