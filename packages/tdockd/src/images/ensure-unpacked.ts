import type { Mount } from "@tdock/containerd/mount";
import { isError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { prepareRootfs } from "../runtime/rootfs.ts";
import type { ImageRecord } from "./image.ts";
import { layerPlaces } from "./layer-places.ts";
import { unpackStored } from "./unpack-stored.ts";
import { withLayerBlobs } from "./with-layer-blobs.ts";

type UnpackEngine = Parameters<typeof withLayerBlobs>[0] & Pick<Engine, "disk" | "layers">;

/**
 * Unpacks what is missing of an image whose blobs are here: others may have put it there without, or another
 * snapshotter's. Blobs that are missing or damaged are fetched again; throws `not-found` when that cannot be,
 * `invalid-argument` for layers that must not be unpacked.
 */
export async function ensureUnpacked(
  engine: UnpackEngine,
  image: ImageRecord,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const { arrivalLease, blobs, disk, layers } = engine;
  const places = layerPlaces(image.manifest.layers, image.diffIds);
  await arrivalLease.with(async (lease) => {
    await withLayerBlobs(engine, image, { signal }, () => unpackStored({ layers }, places, lease, signal));
    await disk.flush();
    const label = { "containerd.io/gc.ref.snapshot.overlayfs": image.chainId };
    if (image.chainId !== "") await blobs.setLabels(image.id, label);
  });
}

/** Makes the writable root of a container over an image, whose layers are unpacked first where they are not. */
export async function prepareImageRoot(
  engine: UnpackEngine,
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
