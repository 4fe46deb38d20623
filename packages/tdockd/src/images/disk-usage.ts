import type { ImageSummary } from "@tdock/api/images";
import type { Engine } from "../engine.ts";
import type { ImageRecord } from "./image.ts";
import { imageParts, type Parts, storedBlobs } from "./image-parts.ts";
import { listImages } from "./list.ts";

/**
 * What images take on the disk: each with all that is here of its index and what of that it shares with others, and the
 * bytes of all, what is shared counted once.
 */
export async function imageUsage(
  engine: Pick<Engine, "blobs" | "containerd" | "containers" | "images" | "layerSizes" | "now">,
): Promise<{ readonly totalBytes: number; readonly images: ImageSummary[] }> {
  const listed = await listImages(engine, { all: true, "shared-size": true });
  const stored = await storedBlobs(engine);
  const parts = new Map<string, Parts>();
  for (const image of await engine.images.list()) parts.set(keyOf(image), await imageParts(engine, image, stored));
  const owners = new Map<string, number>();
  for (const name of [...parts.values()].flatMap((own) => [...own.keys()]))
    owners.set(name, (owners.get(name) ?? 0) + 1);
  const images = listed.map((image) => {
    const own = [...(parts.get(keyOfListed(image)) ?? [])];
    const shared = own.filter(([name]) => (owners.get(name) ?? 0) > 1);
    return { ...image, Size: bytesOf(own), SharedSize: bytesOf(shared) };
  });
  const all = new Map([...parts.values()].flatMap((own) => [...own]));
  return { totalBytes: bytesOf([...all]), images };
}

/** Of one index there may be several images, each under names of its own. */
function keyOf({ id, target }: ImageRecord): string {
  return `${id} ${target.digest}`;
}

function keyOfListed({ Id, Descriptor }: ImageSummary): string {
  return `${Id} ${Descriptor?.digest}`;
}

function bytesOf(parts: readonly (readonly [name: string, bytes: number])[]): number {
  return parts.reduce((sum, [, bytes]) => sum + bytes, 0);
}
