import { hostPlatform, parsePlatform } from "../registry/platform.ts";
import type { BlobStore } from "./blob-store.ts";
import { type Target, targetKey } from "./image.ts";
import { Limit } from "./limit.ts";
import { readImage, type UnnamedImage } from "./read-image.ts";

const maxReadsAtOnce = 16;

/** What names point at, read once and kept in memory. What cannot be read is read again when it is asked for. */
export class ReadImages {
  readonly #blobs: BlobStore;
  readonly #images = new Map<string, Promise<UnnamedImage>>();
  readonly #reads = new Limit(maxReadsAtOnce);

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  /** The image of a target; without `platform`, the one for this machine. Throws as `readImage` does. */
  get(target: Target, platform: string | undefined): Promise<UnnamedImage> {
    const key = targetKey({ digest: target.digest, ...(platform !== undefined && { platform }) });
    let image = this.#images.get(key);
    if (image === undefined) {
      const wanted = platform === undefined ? hostPlatform() : parsePlatform(platform);
      image = this.#reads.run(() => readImage(this.#blobs, target, wanted, platform === undefined));
      this.#images.set(key, image);
      image.catch(() => this.#images.delete(key));
    }
    return image;
  }

  forget(digest: string): void {
    for (const key of this.#images.keys()) if (key.startsWith(digest)) this.#images.delete(key);
  }

  /** Forgets all but what these digests are of. */
  keepOnly(digests: ReadonlySet<string>): void {
    for (const key of this.#images.keys()) if (!digests.has(key.split(" ", 1)[0] as string)) this.#images.delete(key);
  }

  clear(): void {
    this.#images.clear();
  }
}
