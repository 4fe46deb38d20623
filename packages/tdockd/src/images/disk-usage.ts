import type { ImageSummary } from "@tdock/api/images";
import type { Engine } from "../engine.ts";
import { imageParts, storedBlobs } from "./image-parts.ts";
import { listImages } from "./list.ts";

/** What images take: each with what it shares, and the bytes of all, what is shared counted once. */
export async function imageUsage(
  engine: Pick<Engine, "blobs" | "containerd" | "containers" | "images" | "layerSizes" | "now">,
): Promise<{ readonly totalBytes: number; readonly images: ImageSummary[] }> {
  const images = await listImages(engine, { all: true, "shared-size": true });
  const parts = new Map<string, number>();
  const stored = await storedBlobs(engine);
  for (const image of await engine.images.list()) {
    for (const [name, bytes] of await imageParts(engine, image, stored)) parts.set(name, bytes);
  }
  return { totalBytes: [...parts.values()].reduce((sum, bytes) => sum + bytes, 0), images };
}
