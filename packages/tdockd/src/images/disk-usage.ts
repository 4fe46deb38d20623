import type { ImageSummary } from "@tdock/api/images";
import type { Engine } from "../engine.ts";
import type { ImageRecord } from "./image.ts";
import { imageParts, layerPart, type Parts, storedBlobs } from "./image-parts.ts";
import { layersOfImages, layersOnDisk } from "./layers-on-disk.ts";
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
  const all = new Map([...parts.values()].flatMap((own) => [...own]));
  for (const [name, bytes] of await layersOnDisk(await layersOfImages(engine))) all.set(layerPart(name), bytes);
  const images = listed.map((image) => {
    const own = parts.get(keyOfListed(image)) ?? new Map<string, number>();
    const Size = sum(own.values());
    const unshared = [...own.keys()].filter((name) => owners.get(name) === 1);
    return { ...image, Size, SharedSize: Size - sum(unshared.map((name) => all.get(name) ?? 0)) };
  });
  return { totalBytes: sum(all.values()), images };
}

/** Of one index there may be several images, each under names of its own. */
function keyOf({ id, target }: ImageRecord): string {
  return `${id} ${target.digest}`;
}

function keyOfListed({ Id, Descriptor }: ImageSummary): string {
  return `${Id} ${Descriptor?.digest}`;
}

function sum(sizes: Iterable<number>): number {
  return [...sizes].reduce((total, bytes) => total + bytes, 0);
}
