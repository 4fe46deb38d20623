import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Engine } from "../engine.ts";
import { ociLayerType } from "../registry/media-type.ts";
import { packedLayerLabel } from "./built-layer.ts";
import type { BlobReference } from "./image.ts";
import { recompressLayer } from "./layer/recompress.ts";

/** Where layers are compressed, and what keeps them meanwhile. */
export interface Packing {
  readonly folder: string;
  readonly lease: string;
  readonly signal: AbortSignal;
}

/** A snapshot, and the layer that it is. */
export interface PackedSnapshot {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly diffId: string;
}

/**
 * Compresses a layer's plain tar with gzip, as a registry is to get it, and keeps the blob for as long as its snapshot.
 * What was compressed once is not again; the same tar always gives the same bytes. Throws as `recompressLayer`.
 */
export async function packSnapshot(
  { blobs, containerd }: Pick<Engine, "blobs" | "containerd">,
  { name, labels, diffId }: PackedSnapshot,
  plain: () => AsyncIterable<Buffer>,
  { folder, lease, signal }: Packing,
): Promise<BlobReference> {
  const known = packedOf(labels[packedLayerLabel]);
  if (known !== undefined && (await blobs.has(known))) return known;
  const path = join(folder, randomUUID());
  const packing = { compression: "gzip", level: undefined } as const;
  const layer = { bytes: plain(), compression: "none", diffId } as const;
  const { digest, size } = await recompressLayer(layer, packing, path, signal);
  await blobs.adopt(path, { digest, size, labels: { "containerd.io/uncompressed": diffId } }, lease);
  await containerd.snapshots.updateLabels(name, {
    [packedLayerLabel]: `${digest} ${size}`,
    "containerd.io/gc.ref.content.packed": digest,
  });
  return { mediaType: `${ociLayerType}+gzip`, digest, size };
}

function packedOf(label: string | undefined): BlobReference | undefined {
  const [digest, size] = label?.split(" ") ?? [];
  return digest === undefined ? undefined : { mediaType: `${ociLayerType}+gzip`, digest, size: Number(size) };
}
