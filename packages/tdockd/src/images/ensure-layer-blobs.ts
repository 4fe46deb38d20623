import { randomUUID } from "node:crypto";
import type { Engine } from "../engine.ts";
import type { ImageRecord } from "./image.ts";
import { layerFolder } from "./layer/layer-folder.ts";
import { packLayer } from "./layer/pack-layer.ts";

type EnsureEngine = Pick<Engine, "arrivalLease" | "blobs" | "containerd">;

/** On the snapshot of a layer that was built here: the digest of its archive. */
export const builtLayerLabel = "tdock.build/layer";

/**
 * Stores the archives of layers that were built here, for sending them elsewhere: a build only works out their
 * digests. The archive of a snapshot's folder is always the same bytes. Layers that came from elsewhere are left as
 * they are, also when they are missing.
 */
export async function ensureLayerBlobs(engine: EnsureEngine, image: ImageRecord): Promise<void> {
  await engine.arrivalLease.with(async (lease) => {
    for (const layer of image.manifest.layers) {
      if (!(await engine.blobs.has(layer))) await storeLayer(engine, layer, lease);
    }
    const labels = image.manifest.layers.map(({ digest }, index) => [
      `containerd.io/gc.ref.content.l.${index}`,
      digest,
    ]);
    await engine.blobs.setLabels(image.manifestBlob.digest, Object.fromEntries(labels));
  });
}

async function storeLayer(
  { containerd }: EnsureEngine,
  { digest, size }: { readonly digest: string; readonly size: number },
  lease: string,
): Promise<void> {
  const [snapshot] = await containerd.snapshots.list([`labels."${builtLayerLabel}"==${digest}`]);
  if (snapshot === undefined) return;
  const folder = await layerFolder({ containerd }, snapshot.name);
  const writer = await containerd.content.openWriter(
    { ref: `tdock-${digest}-${randomUUID()}`, digest, size },
    { lease },
  );
  if (writer === undefined) return;
  await using ingest = writer;
  if (ingest.offset < size) for await (const chunk of packLayer(folder)) await ingest.write(chunk);
  await ingest.commit();
}
