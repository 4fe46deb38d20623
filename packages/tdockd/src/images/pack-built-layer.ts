import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Engine } from "../engine.ts";
import { ociLayerType } from "../registry/media-type.ts";
import { builtLayerLabel, packedLayerLabel } from "./built-layer.ts";
import type { BlobReference } from "./image.ts";
import { copiedChunks } from "./layer/copied-chunks.ts";
import { layerFolder } from "./layer/layer-folder.ts";
import { packLayer } from "./layer/pack-layer.ts";
import { recompressLayer } from "./layer/recompress.ts";

type PackEngine = Pick<Engine, "blobs" | "containerd">;

/**
 * Compresses a layer that was built here with gzip, as a registry is to get it, and keeps the blob for as long as the
 * layer. The same layer always gives the same bytes. `undefined` for a layer that was not built here.
 */
export async function packBuiltLayer(
  engine: PackEngine,
  { digest: diffId }: Pick<BlobReference, "digest">,
  { folder, lease, signal }: { readonly folder: string; readonly lease: string; readonly signal: AbortSignal },
): Promise<BlobReference | undefined> {
  const { snapshots } = engine.containerd;
  const [snapshot] = await snapshots.list([`labels."${builtLayerLabel}"==${diffId}`]);
  if (snapshot === undefined) return undefined;
  const known = packedOf(snapshot.labels[packedLayerLabel]);
  if (known !== undefined && (await engine.blobs.has(known))) return known;
  const path = join(folder, randomUUID());
  const bytes = copiedChunks(packLayer(await layerFolder(engine, snapshot.name)));
  const packing = { compression: "gzip", level: undefined } as const;
  const { digest, size } = await recompressLayer({ bytes, compression: "none", diffId }, packing, path, signal);
  await engine.blobs.adopt(path, { digest, size, labels: { "containerd.io/uncompressed": diffId } }, lease);
  const labels = { [packedLayerLabel]: `${digest} ${size}`, "containerd.io/gc.ref.content.packed": digest };
  await snapshots.updateLabels(snapshot.name, labels);
  return { mediaType: `${ociLayerType}+gzip`, digest, size };
}

function packedOf(label: string | undefined): BlobReference | undefined {
  const [digest, size] = label?.split(" ") ?? [];
  return digest === undefined ? undefined : { mediaType: `${ociLayerType}+gzip`, digest, size: Number(size) };
}
