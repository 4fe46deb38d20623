import type { Mount } from "@tdock/containerd/mount";
import { isError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { prepareRootfs } from "../runtime/rootfs.ts";
import type { ImageRecord } from "./image.ts";
import { layerPlaces } from "./layer-places.ts";
import { unpackStored } from "./unpack-stored.ts";

/**
 * Unpacks what is missing of an image whose blobs are here: others may have put it there without, or another
 * snapshotter's. Throws `not-found` when a blob is missing, `invalid-argument` for layers that must not be unpacked.
 */
export async function ensureUnpacked(
  { arrivalLease, blobs, disk, layers }: Pick<Engine, "arrivalLease" | "blobs" | "disk" | "layers">,
  image: ImageRecord,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const places = layerPlaces(image.manifest.layers, image.diffIds);
  await arrivalLease.with(async (lease) => {
    await unpackStored({ layers }, places, lease, signal);
    await disk.flush();
    const label = { "containerd.io/gc.ref.snapshot.overlayfs": image.chainId };
    if (image.chainId !== "") await blobs.setLabels(image.id, label);
  });
}

/** Makes the writable root of a container over an image, whose layers are unpacked first where they are not. */
export async function prepareImageRoot(
  engine: Pick<Engine, "arrivalLease" | "blobs" | "containerd" | "disk" | "layers">,
  key: string,
  image: ImageRecord,
): Promise<readonly Mount[]> {
  const prepare = () => prepareRootfs(engine.containerd, { key, parent: image.chainId });
  try {
    return await prepare();
  } catch (thrown) {
    if (!isError(thrown, "not-found")) throw thrown;
    await ensureUnpacked(engine, image);
    return prepare();
  }
}
