import { randomBytes } from "node:crypto";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ListedEntry } from "@tdock/api/context-listing";
import { TdockError } from "@tdock/errors/error";
import { type StagedFile, Staging } from "../tree/staging.ts";
import { type ContextIndex, emptyIndex, writeIndex } from "./context-index.ts";
import { knownLines } from "./known-lines.ts";
import { listedContext } from "./listed-context.ts";
import type { FileAtHand } from "./listed-files.ts";
import { Listing } from "./listing.ts";
import type { LoadedContext } from "./loaded-context.ts";
import { readContextFiles } from "./read-context-files.ts";
import { ReceivedFiles } from "./received-files.ts";
import { droppedNames, recordLines, withoutRecords } from "./record-lines.ts";

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

/** What is known is written down so much later, once the steps are under way. */
const keepAfterMs = 100;

/** A context that one build reads. */
export class OpenContext implements Disposable {
  /** Stands for the folder, whatever it holds. */
  readonly key: string;
  private readonly folder: string;
  private readonly announced: AnnouncedContext;
  /** What is kept of earlier builds. */
  private index: ContextIndex;
  private readonly isKept: boolean;
  private readonly release: (dropped: Promise<readonly string[] | undefined>) => void;
  private isReleased = false;
  /** Names of files that no listing needs any more; `undefined` while that is not known. */
  private dropped: readonly string[] | undefined = [];
  private listing: Listing | undefined;
  /** Lines of the index that hold for the listing's. */
  private known: Int32Array = new Int32Array();
  /** Begin the names of the files that come. */
  private readonly prefix = `${randomBytes(6).toString("hex")}-`;
  private received = noneReceived;
  private kept: Promise<void> = Promise.resolve();

  /**
   * `index` is what is kept of it; `undefined` when nothing is to be. `release` is called when the build is over; its
   * promise resolves when all is written down.
   */
  constructor(
    folder: string,
    announced: AnnouncedContext,
    index: ContextIndex | undefined,
    release: (dropped: Promise<readonly string[] | undefined>) => void,
  ) {
    this.key = basename(folder);
    this.folder = folder;
    this.announced = announced;
    this.index = index ?? emptyIndex;
    this.isKept = index !== undefined;
    this.release = release;
  }

  /** Whether the listing is not the one of the last build. */
  get wantsListing(): boolean {
    return this.index.listing.digest !== this.announced.digest || !this.index.files.isSettled;
  }

  /** Takes the listing; answers with the numbers of the files that have to be sent. Throws `invalid-argument`. */
  list(bytes: Buffer): number[] {
    const listing = new Listing(bytes);
    this.known = knownLines(listing, this.index);
    const missing: number[] = [];
    for (const [line, old] of this.known.entries()) {
      if (listing.isFile(line) && !this.index.files.has(old)) missing.push(line);
    }
    this.listing = listing;
    this.received = new ReceivedFiles(missing, this.prefix);
    return missing;
  }

  /**
   * Completes the context with the files that it lacked, as `contextFiles` wants them. Throws `invalid-argument` for one
   * that is still missing.
   */
  complete(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<LoadedContext> {
    const isWanted = (number: number) => this.received.expects(number);
    return this.completeWith((staging) => readContextFiles(body, { staging, isWanted, signal }));
  }

  /** The same with the files as `receive` yields them, each with its number in the listing. */
  async completeWith(receive: FileReceiver): Promise<LoadedContext> {
    const folder = join(this.folder, "files");
    const { listing, index } = this;
    if (listing === undefined) {
      if (this.wantsListing) throw new TdockError("invalid-argument", "the context's listing was not sent");
      const fileAt = (line: number) => index.files.get(line);
      return listedContext({ listing: index.listing, fileAt, unsettled: new Set(), folder });
    }
    this.dropped = undefined;
    await this.receive(listing, folder, receive);
    this.checkComplete(listing);
    const { received } = this;
    const { unsettled } = received;
    const files = recordLines({ listing, before: index.files, known: this.known, received });
    const dropped = droppedNames(index.files, this.known);
    this.received = noneReceived;
    this.index = emptyIndex;
    if (this.isKept) this.keep({ listing, files }, unsettled, dropped);
    const fileAt = (line: number) => unsettled.get(line) ?? files.get(line);
    return listedContext({ listing, fileAt, unsettled: new Set(unsettled.keys()), folder });
  }

  [Symbol.dispose](): void {
    if (this.isReleased) return;
    this.isReleased = true;
    const dropped = () => this.dropped;
    this.release(this.kept.then(dropped, dropped));
  }

  private async receive(listing: Listing, folder: string, receive: FileReceiver): Promise<void> {
    if (this.received.missing === undefined) return;
    for await (const [line, file] of receive(new Staging(folder, this.prefix))) {
      const asked = listing.entryAt(line) as ListedEntry;
      this.received.add(line, file, file.size === asked.size && this.hasSettled(asked));
    }
  }

  private checkComplete(listing: Listing): void {
    const line = this.received.missing;
    if (line === undefined) return;
    throw new TdockError("invalid-argument", `${listing.entryAt(line)?.path} was not sent`);
  }

  private hasSettled({ stamp }: ListedEntry): boolean {
    const changedAt = Number(stamp.slice(stamp.lastIndexOf(":") + 1));
    return changedAt < this.announced.listedAt - settledSeconds;
  }

  /** When that fails, the next build is sent more than it needs. */
  private keep(
    { listing, files }: ContextIndex,
    unsettled: ReadonlyMap<number, FileAtHand>,
    dropped: readonly string[],
  ): void {
    this.kept = delay(keepAfterMs).then(() => {
      const names = [...unsettled.values()].map(({ name }) => name);
      this.dropped = [...dropped, ...names];
      return writeIndex(this.folder, { listing, files: withoutRecords(listing, files, new Set(unsettled.keys())) });
    });
    this.kept.catch(() => {});
  }
}

const noneReceived = new ReceivedFiles([], "");
