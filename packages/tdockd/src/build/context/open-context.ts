import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type ListedEntry, parseContextListing } from "@tdock/api/context-listing";
import { TdockError } from "@tdock/errors/error";
import { writeFileAtomic } from "../../host/atomic-file.ts";
import type { FileTree } from "../tree/file-tree.ts";
import { type StagedFile, Staging } from "../tree/staging.ts";
import { type ContextIndex, emptyIndex, type KnownFile } from "./context-index.ts";
import { treeOf } from "./listed-tree.ts";
import type { LoadedContext } from "./loaded-context.ts";
import { readContextFiles } from "./read-context-files.ts";

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

/** What is known is written down so much later, once the steps are under way: it takes the loop some milliseconds. */
const keepAfterMs = 100;

/** A context that one build reads. */
export class OpenContext implements Disposable {
  /** Stands for the folder, whatever it holds. */
  readonly key: string;
  private readonly folder: string;
  private readonly announced: AnnouncedContext;
  private readonly index: ContextIndex;
  private readonly isKept: boolean;
  private readonly release: () => void;
  private listing = "";
  private entries: readonly (ListedEntry | undefined)[] | undefined;
  private readonly known = new Map<string, KnownFile>();
  private missing: ReadonlySet<number> = new Set();
  private kept: Promise<void> = Promise.resolve();

  /** `index` is what is kept of it; `undefined` when nothing is to be. */
  constructor(folder: string, announced: AnnouncedContext, index: ContextIndex | undefined, release: () => void) {
    this.key = basename(folder);
    this.folder = folder;
    this.announced = announced;
    this.index = index ?? emptyIndex;
    this.isKept = index !== undefined;
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
    this.listing = text;
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
   * Completes the context with the files that it lacked, as {@link contextFiles} wants them. Throws `invalid-argument`
   * for one that is still missing.
   */
  complete(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<LoadedContext> {
    const isWanted = (number: number) => this.missing.has(number);
    return this.completeWith((staging) => readContextFiles(body, { staging, isWanted, signal }));
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
    const settled = [...this.known.values()].every(([, stamp]) => stamp !== "");
    if (this.isKept) this.keep(settled ? digest : "");
    return { identity: settled ? digest : undefined, folder: files, tree: async () => tree };
  }

  [Symbol.dispose](): void {
    this.kept.then(this.release, this.release);
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

  /** When that fails, the next build is sent more than it needs. */
  private keep(listing: string): void {
    this.kept = delay(keepAfterMs).then(() => this.writeIndex(listing));
    this.kept.catch(() => {});
  }

  private async writeIndex(listing: string): Promise<void> {
    await writeFileAtomic(join(this.folder, "listing"), this.listing, { durable: false });
    const index: ContextIndex = { listing, files: [...this.known] };
    await writeFileAtomic(join(this.folder, "index.json"), JSON.stringify(index), { durable: false });
  }
}
