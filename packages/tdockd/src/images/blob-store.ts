import { randomUUID } from "node:crypto";
import { createReadStream, readFileSync, statSync } from "node:fs";
import { link, mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Containerd } from "@tdock/containerd/connect";
import type { LabelChanges } from "@tdock/containerd/labels";
import { isError, TdockError } from "@tdock/errors/error";
import { writeFileAtomic } from "../host/atomic-file.ts";
import { hashFor, matchesDigest, splitDigest } from "../registry/digest.ts";
import { checkKept } from "./check-kept.ts";
import type { DiskSync } from "./disk-sync.ts";

interface Sized {
  readonly digest: string;
  readonly size: number;
}

/** A blob by content, and the labels it is to have. */
export interface BlobEntry extends Sized {
  readonly labels?: Readonly<Record<string, string>>;
}

/** Begins the labels by which containerd's collector finds what a blob refers to. */
const referencePrefix = "containerd.io/gc.ref.content.";

/** What is read within the call: manifests and configurations, but no layer of some size. */
const syncBytes = 64 * 1024;

// The collector comes between a blob's arrival and its record once in a while, not over and over.
const maxAdoptions = 5;

/**
 * containerd's content store, its blobs read and added as files: over gRPC the same bytes take twenty times the CPU
 * time (400 MB: 8 s of it, on both sides together). What counts as stored is always containerd's own word.
 */
export class BlobStore {
  readonly #containerd: Containerd;
  readonly #root: string;
  readonly #disk: Pick<DiskSync, "touch">;

  private constructor(containerd: Containerd, root: string, disk: Pick<DiskSync, "touch">) {
    this.#containerd = containerd;
    this.#root = root;
    this.#disk = disk;
  }

  /** Asks containerd where its blobs lie. Throws `not-implemented` when they are not in a folder of this machine. */
  static async open(containerd: Containerd, disk: Pick<DiskSync, "touch">): Promise<BlobStore> {
    const [plugin] = await containerd.plugins(["type==io.containerd.content.v1,id==content"]);
    const root = plugin?.exports.root;
    if (root === undefined) throw new TdockError("not-implemented", "containerd's content store is not a folder");
    return new BlobStore(containerd, root, disk);
  }

  /** Where the blob lies once it is stored. The file is read-only: never write to it. */
  path(digest: string): string {
    const { algorithm, hex } = splitDigest(digest);
    return join(this.#root, "blobs", algorithm, hex);
  }

  /** Whether the blob's file is there, whatever containerd knows of it. */
  async isOnDisk(digest: string): Promise<boolean> {
    return !(await isMissing(this.path(digest)));
  }

  /** Whether containerd knows the blob in this namespace and its file is whole in length. */
  async has(blob: Sized): Promise<boolean> {
    return this.#isWholeOnDisk(blob) && (await this.#containerd.content.find(blob.digest)) !== undefined;
  }

  /** `has`, and has the lease keep the blob then: it may be what another arrival brought, and gives up now. */
  async hold(blob: Sized, lease: string): Promise<boolean> {
    if (!(await this.has(blob))) return false;
    await this.#containerd.leases.addResource(lease, { type: "content", id: blob.digest });
    return this.has(blob);
  }

  /** `has` for a manifest and for `parts` of it: as long as containerd knows a blob, it keeps what its labels refer to. */
  async hasWithParts(manifest: Sized, parts: readonly Sized[]): Promise<boolean> {
    if (![manifest, ...parts].every((blob) => this.#isWholeOnDisk(blob))) return false;
    const record = await this.#containerd.content.find(manifest.digest);
    if (record === undefined) return false;
    const references = Object.entries(record.labels).filter(([name]) => name.startsWith(referencePrefix));
    const kept = new Set(references.map(([, digest]) => digest));
    const others = parts.filter(({ digest }) => !kept.has(digest));
    return (await Promise.all(others.map((blob) => this.has(blob)))).every(Boolean);
  }

  /** Asked of the kernel within the call: through a thread it takes twenty times as long. */
  #isWholeOnDisk({ digest, size }: Sized): boolean {
    return statSync(this.path(digest), { throwIfNoEntry: false })?.size === size;
  }

  /** Sets labels of a stored blob, or takes them away (undefined); others stay. Throws `not-found`. */
  async setLabels(digest: string, labels: LabelChanges): Promise<void> {
    await this.#containerd.content.updateLabels(digest, labels);
  }

  /** The labels of a blob; none when it is not stored. */
  async labelsOf(digest: string): Promise<Readonly<Record<string, string>>> {
    return (await this.#containerd.content.find(digest))?.labels ?? {};
  }

  /** The bytes of a small blob, verified. Throws `not-found`, `invalid-argument` when it is over `limitBytes` or damaged. */
  async read(digest: string, limitBytes: number): Promise<Buffer> {
    const path = this.path(digest);
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    if (size === undefined) {
      throw new TdockError("not-found", `content ${digest} is missing`, { reason: "content-missing" });
    }
    if (size > limitBytes) throw new TdockError("invalid-argument", `${digest} is over ${limitBytes} bytes`);
    const bytes = size > syncBytes ? await readFile(path) : readFileSync(path);
    if (!matchesDigest(bytes, digest)) {
      throw new TdockError("internal", `content ${digest} is damaged on disk`, { reason: "content-damaged" });
    }
    return bytes;
  }

  /**
   * Reads a blob through, and deletes its file when its bytes are not what its digest says: `has` is then false, and
   * whatever stores it next mends it. Whether it did so.
   */
  async dropIfDamaged(digest: string): Promise<boolean> {
    const path = this.path(digest);
    const hash = hashFor(digest);
    try {
      for await (const chunk of chunksOf(path)) hash.update(chunk);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return false;
      if ((thrown as NodeJS.ErrnoException).code !== "EIO") throw thrown;
      hash.update("what cannot be read is no blob");
    }
    if (hash.digest("hex") === splitDigest(digest).hex) return false;
    await rm(path, { force: true });
    return true;
  }

  /**
   * Stores small content. When it is there already, sets the labels, and mends the file where it is damaged.
   * Throws `not-implemented` for what is not named by sha256.
   */
  async put(bytes: Uint8Array, blob: BlobEntry, lease: string): Promise<void> {
    const { digest, size, labels } = blob;
    checkKept(digest);
    const writer = await this.#containerd.content.openWriter(
      { ref: `tdock-${digest}-${randomUUID()}`, digest, size },
      { lease },
    );
    if (writer === undefined) {
      await this.#mend(bytes, digest);
      return this.#label(blob);
    }
    await using ingest = writer;
    // An offset at the end: another namespace has the content, which is shared.
    if (ingest.offset < size) await ingest.write(bytes);
    await ingest.commit(labels);
  }

  /**
   * Stores a file that was verified to be the blob, without copying it: another link to it becomes containerd's. What is
   * there already is read through, and replaced when it is damaged. The file must lie on the content store's file system
   * and must not be written to afterwards. Throws `not-implemented` for what is not named by sha256.
   */
  async adopt(file: string, blob: BlobEntry, lease: string): Promise<void> {
    const { digest, size, labels } = blob;
    checkKept(digest);
    const path = this.path(digest);
    await mkdir(dirname(path), { recursive: true });
    for (let tries = 1; ; tries += 1) {
      await this.#linkInPlace(file, digest);
      this.#disk.touch();
      const writer = await this.#containerd.content.openWriter(
        { ref: `tdock-${digest}-${randomUUID()}`, digest, size },
        { lease },
      );
      if (writer === undefined) return this.#label(blob);
      await using ingest = writer;
      if (ingest.offset < size && (await isMissing(path))) continue; // The collector came between.
      // A containerd that does not share content between namespaces wants to be given the bytes.
      if (ingest.offset < size) await copyInto(ingest, file);
      try {
        return await ingest.commit(labels);
      } catch (thrown) {
        if (!isError(thrown, "conflict", "content-collected") || tries >= maxAdoptions) throw thrown;
      }
    }
  }

  async #linkInPlace(file: string, digest: string): Promise<void> {
    const path = this.path(digest);
    if (await linkUnlessThere(file, path)) return;
    if (await this.dropIfDamaged(digest)) await linkUnlessThere(file, path);
  }

  /** What containerd knows may be missing or damaged on disk all the same. */
  async #mend(bytes: Uint8Array, digest: string): Promise<void> {
    const path = this.path(digest);
    const stored = await readFile(path).catch(() => undefined);
    if (stored?.equals(bytes) === true) return;
    await writeFileAtomic(path, bytes, { mode: 0o444 });
  }

  /** A change of labels is a write to the disk, which most blobs do not need: they have them. */
  async #label({ digest, labels = {} }: BlobEntry): Promise<void> {
    const known = await this.labelsOf(digest);
    const isNew = Object.entries(labels).some(([name, value]) => known[name] !== value);
    if (isNew) await this.#containerd.content.updateLabels(digest, labels);
  }
}

/** Of a document, all at once and within the call: through threads that takes four turns, each longer than the reading. */
async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  if (statSync(path).size <= syncBytes) yield readFileSync(path);
  else yield* createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>;
}

async function linkUnlessThere(file: string, path: string): Promise<boolean> {
  try {
    await link(file, path);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    return false;
  }
}

async function isMissing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    () => true,
  );
}

async function copyInto(ingest: { write(chunk: Uint8Array): Promise<void> }, file: string): Promise<void> {
  await using handle = await open(file);
  for await (const chunk of handle.createReadStream({ highWaterMark: 1024 * 1024, autoClose: false })) {
    await ingest.write(chunk as Buffer);
  }
}
