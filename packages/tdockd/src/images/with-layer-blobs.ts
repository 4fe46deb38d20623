import { isError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { ensureLayerBlobs } from "./ensure-layer-blobs.ts";
import { type Fetcher, missingContent } from "./fetch-again.ts";
import type { ImageRecord } from "./image.ts";

type WithEngine = Parameters<typeof ensureLayerBlobs>[0];

/** Failures that say nothing about what is stored here. */
const passing = ["canceled", "unavailable", "unauthorized", "forbidden"] as const;

/**
 * Runs `work` with all of an image's blobs stored, and keeps them so long. When it fails, the blobs are read through:
 * damaged ones are brought anew, and `work` runs once more. Throws what `work` throws, and `not-found` (reason
 * `content-missing`) that names the image when something cannot be brought.
 */
export async function withLayerBlobs<T>(
  engine: WithEngine,
  image: ImageRecord,
  fetcher: Fetcher,
  work: () => Promise<T>,
): Promise<T> {
  return engine.arrivalLease.with(async () => {
    await ensureBlobs(engine, image, fetcher);
    try {
      return await work();
    } catch (thrown) {
      if (passing.some((code) => isError(thrown, code)) || !(await dropDamaged(engine, image))) throw thrown;
      await ensureBlobs(engine, image, fetcher);
      return work();
    }
  });
}

/**
 * Deletes those blobs of an image that are not what their digests say; whether there were any. What is in `read` has
 * been read through for another image, and is not again.
 */
export async function dropDamaged(
  { blobs }: Pick<Engine, "blobs">,
  image: ImageRecord,
  read = new Set<string>(),
): Promise<boolean> {
  let isDamaged = false;
  for (const { digest } of [image.manifestBlob, image.manifest.config, ...image.manifest.layers]) {
    if (read.has(digest)) continue;
    read.add(digest);
    if (await blobs.dropIfDamaged(digest)) isDamaged = true;
  }
  return isDamaged;
}

/** Documents are not fetched again by themselves: a pull puts them into their place. */
export async function ensureBlobs(engine: WithEngine, image: ImageRecord, fetcher: Fetcher): Promise<void> {
  for (const document of [image.manifestBlob, image.manifest.config]) {
    if (!(await engine.blobs.has(document))) throw missingContent(engine, image, document.digest);
  }
  await ensureLayerBlobs(engine, image, fetcher);
}
