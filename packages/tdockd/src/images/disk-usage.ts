import type { ImageSummary } from "@tdock/api/images";
import type { Engine } from "../engine.ts";
import { listImages } from "./list.ts";

/** What images take: each with what it shares, and the bytes of all, what is shared counted once. */
export async function imageUsage(
  engine: Pick<Engine, "containers" | "images" | "layerSizes" | "now">,
): Promise<{ readonly totalBytes: number; readonly images: ImageSummary[] }> {
  const images = await listImages(engine, { all: true, "shared-size": true });
  const parts = new Map<string, number>();
  for (const { chainId, manifest, manifestBlob } of await engine.images.list()) {
    for (const { name, bytes } of await engine.layerSizes.stack(chainId)) parts.set(`snapshot ${name}`, bytes);
    for (const { digest, size } of [manifestBlob, manifest.config, ...manifest.layers]) parts.set(digest, size);
  }
  return { totalBytes: [...parts.values()].reduce((sum, bytes) => sum + bytes, 0), images };
}
