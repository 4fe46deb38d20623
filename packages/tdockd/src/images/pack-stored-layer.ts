import { isError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import type { BlobReference } from "./image.ts";
import type { LayerPlace } from "./layer-store.ts";
import { type Packing, packSnapshot } from "./pack-snapshot.ts";
import { sourcesIn } from "./source-label.ts";

type PackEngine = Pick<Engine, "blobs" | "containerd" | "layers">;

/**
 * {@link packSnapshot} for a layer that is stored as a plain tar: committed, imported or loaded. `undefined` for one
 * that came from a registry, which knows it as it is, and for one that is not here.
 */
export async function packStoredLayer(
  engine: PackEngine,
  { blob, diffId, chainId }: LayerPlace,
  packing: Packing,
): Promise<BlobReference | undefined> {
  const { blobs, containerd, layers } = engine;
  if (sourcesIn(await blobs.labelsOf(blob.digest)).length > 0 || !(await blobs.has(blob))) return undefined;
  const snapshot = await containerd.snapshots.stat(chainId).catch((thrown) => {
    if (isError(thrown, "not-found")) return undefined;
    throw thrown;
  });
  if (snapshot === undefined) return undefined;
  return packSnapshot(engine, { ...snapshot, diffId }, () => layers.blobBytes(blob), packing);
}
