import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { writeLayer } from "./add-layer.ts";
import { builtLayerLabel, packedLayerLabel } from "./built-layer.ts";
import { type Fetcher, fetchAgain } from "./fetch-again.ts";
import type { ImageRecord } from "./image.ts";
import { layerFolder } from "./layer/layer-folder.ts";
import { packLayer } from "./layer/pack-layer.ts";
import { layerPlaces } from "./layer-places.ts";
import type { LayerPlace } from "./layer-store.ts";
import { packBuiltLayer } from "./pack-built-layer.ts";

type EnsureEngine = Pick<
  Engine,
  "arrivalLease" | "arrivals" | "arrivingFolder" | "blobs" | "config" | "containerd" | "registry"
>;

/**
 * Sees to it that the blobs of an image's layers are stored, for sending them elsewhere: a build only works out their
 * digests, and those of a pull may have been let go, or be damaged. The archive of a snapshot's folder is always the
 * same bytes; what came from elsewhere is fetched again. With `keep`, they stay with the image from now on; else only
 * as long as a lease is held. Throws as {@link fetchAgain}.
 */
export async function ensureLayerBlobs(
  engine: EnsureEngine,
  image: ImageRecord,
  fetcher: Fetcher,
  { keep = false } = {},
): Promise<void> {
  await engine.arrivalLease.with(async (lease) => {
    for (const [index, layer] of image.manifest.layers.entries()) {
      if (fetcher.except?.has(layer.digest) || (await engine.blobs.has(layer))) continue;
      // What containerd knows and is not here was damaged, not let go.
      const isKept = keep || (await engine.containerd.content.find(layer.digest)) !== undefined;
      const place = layerPlaces(image.manifest.layers, image.diffIds)[index] as LayerPlace;
      const isBuilt =
        (await storeBuilt(engine, layer, lease)) || (await storePacked(engine, place, lease, fetcher.signal));
      if (!isBuilt) await fetchAgain(engine, image, place, fetcher);
      const reference = { [`containerd.io/gc.ref.content.l.${index}`]: isBuilt || isKept ? layer.digest : undefined };
      await engine.blobs.setLabels(image.manifestBlob.digest, reference);
    }
  });
}

/** Whether the layer was built here, and now is stored. */
async function storeBuilt(
  engine: EnsureEngine,
  { digest, size }: { readonly digest: string; readonly size: number },
  lease: string,
): Promise<boolean> {
  const { containerd } = engine;
  const [snapshot] = await containerd.snapshots.list([`labels."${builtLayerLabel}"==${digest}`]);
  if (snapshot === undefined) return false;
  const folder = await layerFolder({ containerd }, snapshot.name);
  const writer = await containerd.content.openWriter(
    { ref: `tdock-${digest}-${randomUUID()}`, digest, size },
    { lease },
  );
  if (writer === undefined) {
    // containerd believes that it is there.
    await mendBuilt(engine, digest, folder, lease);
    return true;
  }
  await using ingest = writer;
  if (ingest.offset < size) for await (const chunk of packLayer(folder)) await ingest.write(chunk);
  await ingest.commit();
  return true;
}

/** Puts the archive of a layer that was built here into the place of a damaged one. */
async function mendBuilt(
  { arrivingFolder, blobs }: EnsureEngine,
  digest: string,
  folder: string,
  lease: string,
): Promise<void> {
  const path = join(arrivingFolder, `mended-${randomUUID()}`);
  try {
    const layer = await writeLayer(packLayer(folder), path);
    if (layer.digest !== digest) {
      throw new TdockError("internal", `the layer ${digest} was built here, and its files were changed since`);
    }
    await blobs.adopt(path, layer, lease);
  } finally {
    await rm(path, { force: true });
  }
}

/** Whether the blob is the compressed archive of a layer that was built here, and now is stored. */
async function storePacked(
  engine: EnsureEngine,
  { blob, diffId }: LayerPlace,
  lease: string,
  signal: AbortSignal,
): Promise<boolean> {
  const [snapshot] = await engine.containerd.snapshots.list([`labels."${builtLayerLabel}"==${diffId}`]);
  if (snapshot?.labels[packedLayerLabel]?.startsWith(`${blob.digest} `) !== true) return false;
  const folder = join(engine.arrivingFolder, `packed-${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    const packed = await packBuiltLayer(engine, { digest: diffId }, { folder, lease, signal });
    return packed?.digest === blob.digest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
