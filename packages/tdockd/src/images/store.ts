import { setTimeout as delay } from "node:timers/promises";
import type { Containerd } from "@tdock/containerd/connect";
import type { NewNamedImage } from "@tdock/containerd/images";
import { isError, TdockError } from "@tdock/errors/error";
import type { Logger } from "pino";
import { isIndexType } from "../registry/media-type.ts";
import type { BlobStore } from "./blob-store.ts";
import { type ImageRecord, type Target, targetKey } from "./image.ts";
import { findTarget, type NamedTarget } from "./lookup.ts";
import { type NameTable, namedImage, nameTable, pinLabels } from "./name-table.ts";
import { danglingName, isDanglingName, shownNames } from "./names.ts";
import { noSuchImage, noSuchPlatform } from "./no-such-image.ts";
import { ReadImages } from "./read-images.ts";

export type { ImageRecord } from "./image.ts";

interface StoreParts {
  readonly containerd: Containerd;
  readonly blobs: BlobStore;
  readonly log: Pick<Logger, "warn">;
}

/** Before the next subscription: containerd is gone, or coming back. */
const reconnectDelayMs = 500;

/**
 * The images of containerd's namespace, so also those that `ctr` or others put there. Names are containerd's; what they
 * point at is read once and kept in memory, and the names are read again after every event that concerns them.
 */
export class ImageStore {
  readonly #parts: StoreParts;
  #names: Promise<NameTable> | undefined;
  /** What `list` answers for a table: to put a thousand images together takes longer than to tell of them. */
  #listed: { readonly table: NameTable; readonly records: Promise<readonly ImageRecord[]> } | undefined;
  readonly #images: ReadImages;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#images = new ReadImages(parts.blobs);
  }

  /**
   * The image that a reference, ID or unique prefix of an ID names. With `platform`, for that one of an index.
   * Throws `not-found` with Docker's words (reason `no-such-image`, or `no-platform` when it is here for others alone),
   * `invalid-argument` for an ambiguous prefix.
   */
  async resolve(reference: string, platform?: string): Promise<ImageRecord> {
    const table = await this.#nameTable();
    const found = await findTarget(table.named, reference, (target) => this.#idOf(target));
    if (found === undefined) throw noSuchImage(reference);
    return this.#record(found, table, platform || undefined).catch((thrown) => {
      if (platform && isError(thrown, "not-found", "no-platform")) throw noSuchPlatform(reference, platform);
      throw withRemedy(thrown, reference);
    });
  }

  /** `resolve`, or undefined when there is no such image. */
  async find(reference: string, platform?: string): Promise<ImageRecord | undefined> {
    return this.resolve(reference, platform).catch((thrown) => {
      if (isError(thrown, "not-found")) return undefined;
      throw thrown;
    });
  }

  /** The image for another platform of the index that an image is of. Throws `not-found` when it is not here. */
  async sibling({ target }: Pick<ImageRecord, "target">, platform: string): Promise<ImageRecord> {
    return this.#record(target, await this.#nameTable(), platform);
  }

  /** All images, one for each target that a name points at. What cannot be read is logged and left out. */
  async list(): Promise<readonly ImageRecord[]> {
    const table = await this.#nameTable();
    if (this.#listed?.table !== table) this.#listed = { table, records: this.#listOf(table) };
    return this.#listed.records;
  }

  async #listOf(table: NameTable): Promise<readonly ImageRecord[]> {
    const records = [...table.groups.values()].map(({ target, names }) =>
      this.#record(target, table, undefined).catch((thrown) => {
        // It may be mended without a change of names.
        this.#listed = undefined;
        this.#parts.log.warn({ names, error: TdockError.from(thrown).message }, "an image cannot be read");
        return undefined;
      }),
    );
    return (await Promise.all(records)).filter((record) => record !== undefined);
  }

  /** containerd's names with their targets. */
  async names(): Promise<readonly NamedTarget[]> {
    return (await this.#nameTable()).named;
  }

  /**
   * Points a name at a target. A target that loses its last name to this is kept under a dangling one; a pin stays
   * with the name, and goes over to it from a dangling one.
   * Whatever the target needs must be stored before, under a lease.
   */
  async setName(name: string, target: Target): Promise<void> {
    const { images } = this.#parts.containerd;
    try {
      const names = await this.names();
      const known = names.find((one) => one.name === name);
      const before = known?.target;
      const dangling = names.find((one) => one.name === danglingName(target.digest));
      const image = namedImage(name, target, (known ?? dangling)?.isPinned === true);
      if (before === undefined) await images.create(image).catch(replaceWhenThere(images, image));
      else if (targetKey(before) !== targetKey(target)) {
        if (before.digest !== target.digest) await this.#keepDangling(name, before);
        await images.replace(image);
      }
      if (!isDanglingName(name)) await this.#dropDangling(target.digest);
    } finally {
      this.invalidate();
      // More platforms of an index may be here than when it was read.
      if (isIndexType(target.mediaType)) this.#images.forget(target.digest);
    }
  }

  /** Removes a name; what nothing else refers to is left to containerd's collector. */
  async removeName(name: string, options: { readonly sync?: boolean } = {}): Promise<void> {
    try {
      await this.#parts.containerd.images.delete(name, options);
    } finally {
      this.invalidate();
    }
  }

  /** Pins a name, or lets it go. Throws `not-found`. */
  async setPin(name: string, isPinned: boolean): Promise<void> {
    try {
      await this.#parts.containerd.images.updateLabels(name, pinLabels(isPinned));
    } finally {
      this.invalidate();
    }
  }

  /** Forgets what is known of the names: the next question asks containerd again. */
  invalidate(): void {
    this.#names = undefined;
  }

  /** Forgets what is known of the images, too: what they are made of has been removed. */
  forget(): void {
    this.#images.clear();
    this.invalidate();
  }

  /** Follows containerd's events about images until the signal aborts, so that changes by others are seen. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const _ of this.#parts.containerd.events.subscribe(["^/images/"], { signal })) this.invalidate();
      } catch {
        this.invalidate();
      }
      await delay(reconnectDelayMs, undefined, { signal }).catch(() => {});
    }
  }

  async #keepDangling(name: string, target: Target): Promise<void> {
    const isLast = !(await this.names()).some((one) => one.name !== name && one.target.digest === target.digest);
    if (!isLast) return;
    const image = namedImage(danglingName(target.digest), target, false);
    await this.#parts.containerd.images.create(image).catch(ignoreConflict);
  }

  async #dropDangling(digest: string): Promise<void> {
    const name = danglingName(digest);
    if (!(await this.names()).some((one) => one.name === name)) return;
    await this.#parts.containerd.images.delete(name).catch((thrown) => {
      if (!isError(thrown, "not-found")) throw thrown;
    });
  }

  #nameTable(): Promise<NameTable> {
    if (this.#names === undefined) {
      const read = this.#parts.containerd.images.list().then((images) => nameTable(images));
      this.#names = read;
      read.then(
        ({ named }) => this.#images.keepOnly(new Set(named.map(({ target }) => target.digest))),
        () => this.invalidate(),
      );
    }
    return this.#names;
  }

  async #idOf(target: Target): Promise<string | undefined> {
    return this.#images.get(target, target.platform).then(
      ({ id }) => id,
      () => undefined,
    );
  }

  async #record(target: Target, { groups }: NameTable, platform: string | undefined): Promise<ImageRecord> {
    const image = await this.#images.get(target, platform ?? target.platform);
    const { names = [], pinnedNames = [] } = groups.get(targetKey(target)) ?? {};
    return { ...image, target, names, pinnedNames, ...shownNames(names, target.digest) };
  }
}

function replaceWhenThere(images: Containerd["images"], image: NewNamedImage) {
  return async (thrown: unknown) => {
    if (!isError(thrown, "conflict")) throw thrown;
    return images.replace(image);
  };
}

function ignoreConflict(thrown: unknown): void {
  if (!isError(thrown, "conflict")) throw thrown;
}

/** Documents that are damaged on disk are put into their place by a pull. */
function withRemedy(thrown: unknown, reference: string): unknown {
  if (!isError(thrown, "internal", "content-damaged")) return thrown;
  const message = `${thrown.message}: "tdock pull ${reference}" brings it back`;
  return new TdockError("internal", message, { cause: thrown, reason: "content-damaged" });
}
