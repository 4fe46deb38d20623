import { TdockError } from "@tdock/errors/error";
import type { Logger } from "pino";
import { readFileIfExists, removeFile, writeFileAtomic } from "../host/atomic-file.ts";
import { bootId } from "../host/boot.ts";
import type { DiskSync } from "./disk-sync.ts";

/** What the file holds: the targets' digests, and the machine's run in which they were written. */
interface Note {
  readonly bootId: string;
  readonly digests: readonly string[];
}

interface UnsyncedParts {
  readonly disk: Pick<DiskSync, "flush" | "isSettled">;
  readonly log: Pick<Logger, "error">;
}

/**
 * Images that got their names before all of their bytes were on the disk. Who pulls or loads one does not wait for the
 * disk, which takes as long again as the unpacking: a file says which images they are, and after a power cut those that
 * it still names are forgotten, to be had again, instead of being listed with files that are empty.
 */
export class UnsyncedImages {
  /** Targets of images that an earlier run of the machine left in an unknown state: they are to be forgotten. */
  readonly lost: readonly string[];
  readonly #path: string;
  readonly #parts: UnsyncedParts;
  /** By digest of the target, how many are giving it a name or bringing it to the disk. */
  readonly #pending = new Map<string, number>();
  /** By digest, the last one's way to the disk. */
  readonly #bringing = new Map<string, Promise<void>>();
  #written: Promise<void> = Promise.resolve();

  private constructor(path: string, parts: UnsyncedParts, lost: readonly string[]) {
    this.#path = path;
    this.#parts = parts;
    this.lost = lost;
  }

  /** What an earlier tdockd of the same run of the machine left is brought to the disk now. */
  static async open(path: string, parts: UnsyncedParts): Promise<UnsyncedImages> {
    const note = readNote(await readFileIfExists(path));
    const isSameRun = note.bootId === bootId();
    if (!isSameRun) return new UnsyncedImages(path, parts, note.digests);
    const images = new UnsyncedImages(path, parts, []);
    for (const digest of note.digests) images.#begin(digest);
    for (const digest of note.digests) images.#bringToDisk(digest);
    return images;
  }

  /** Runs `giveName`, before which everything that the image needs was written. Rejects as that does. */
  async name(digest: string, giveName: () => Promise<void>): Promise<void> {
    if (this.#parts.disk.isSettled) return giveName();
    this.#begin(digest);
    try {
      await this.#write();
      await giveName();
    } finally {
      this.#bringToDisk(digest);
    }
  }

  /** Whether an image's bytes are on their way to the disk. */
  has(digest: string): boolean {
    return this.#pending.has(digest);
  }

  /** Resolves when the image is on the disk: at once, unless it has only just come. Throws `internal`. */
  async settled(digest: string): Promise<void> {
    await this.#bringing.get(digest)?.catch(() => this.#parts.disk.flush());
  }

  /** The lost ones are forgotten. */
  async forgetLost(): Promise<void> {
    if (this.lost.length > 0) await this.#write();
  }

  #begin(digest: string): void {
    this.#pending.set(digest, (this.#pending.get(digest) ?? 0) + 1);
  }

  /** In the background. An image that cannot be brought to the disk stays in the file. */
  #bringToDisk(digest: string): void {
    const bring = async () => {
      await this.#parts.disk.flush();
      const others = (this.#pending.get(digest) ?? 0) - 1;
      if (others > 0) this.#pending.set(digest, others);
      else {
        this.#pending.delete(digest);
        this.#bringing.delete(digest);
      }
      await this.#write();
    };
    const bringing = bring();
    this.#bringing.set(digest, bringing);
    bringing.catch((thrown) => {
      this.#parts.log.error({ digest, err: TdockError.from(thrown) }, "an image was not brought to the disk");
    });
  }

  /** Without any, there is no file. */
  #write(): Promise<void> {
    const write = async () => {
      const digests = [...this.#pending.keys()];
      if (digests.length === 0) await removeFile(this.#path);
      else await writeFileAtomic(this.#path, JSON.stringify({ bootId: bootId(), digests }));
    };
    this.#written = this.#written.then(write, write);
    return this.#written;
  }
}

/** A file that cannot be read was written by nobody: it is replaced whole, after a sync. */
function readNote(text: string | undefined): Note {
  const nothing = { bootId: bootId(), digests: [] };
  try {
    const note = JSON.parse(text ?? "") as Note;
    return Array.isArray(note.digests) ? note : nothing;
  } catch {
    return nothing;
  }
}
