import type { Engine } from "../engine.ts";
import { builtLayerLabel } from "./built-layer.ts";
import type { BlobReference } from "./image.ts";
import { copiedChunks } from "./layer/copied-chunks.ts";
import { layerFolder } from "./layer/layer-folder.ts";
import { packLayer } from "./layer/pack-layer.ts";
import { type Packing, packSnapshot } from "./pack-snapshot.ts";

type PackEngine = Pick<Engine, "blobs" | "containerd">;

/** {@link packSnapshot} for a layer that was built here, from its files; `undefined` for one that was not. */
export async function packBuiltLayer(
  engine: PackEngine,
  { digest: diffId }: Pick<BlobReference, "digest">,
  packing: Packing,
): Promise<BlobReference | undefined> {
  const [snapshot] = await engine.containerd.snapshots.list([`labels."${builtLayerLabel}"==${diffId}`]);
  if (snapshot === undefined) return undefined;
  return packSnapshot(engine, { ...snapshot, diffId }, () => packFolder(engine, snapshot.name), packing);
}

async function* packFolder(engine: PackEngine, name: string): AsyncGenerator<Buffer> {
  yield* copiedChunks(packLayer(await layerFolder(engine, name)));
}
