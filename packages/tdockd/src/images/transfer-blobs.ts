import type { BlobReference } from "./image.ts";
import { Limit } from "./limit.ts";

const maxTransfers = 5;

/**
 * Brings blobs elsewhere, a few at a time. The first failure aborts the others' signal; it is thrown once all of them
 * have ended.
 */
export async function transferBlobs<B extends BlobReference>(
  blobs: readonly B[],
  outer: AbortSignal,
  transfer: (blob: B, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const ending = new AbortController();
  const signal = AbortSignal.any([outer, ending.signal]);
  const limit = new Limit(maxTransfers);
  const transfers = blobs.map((blob) => limit.run(() => transfer(blob, signal)));
  for (const one of transfers) one.catch(() => ending.abort());
  await Promise.all(transfers).finally(() => Promise.allSettled(transfers));
}
