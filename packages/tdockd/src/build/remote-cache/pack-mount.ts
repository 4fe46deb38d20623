import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { copiedChunks } from "../../images/layer/copied-chunks.ts";
import { measureLayer } from "../../images/layer/measure-layer.ts";
import { packLayer } from "../../images/layer/pack-layer.ts";
import { recompressLayer } from "../../images/layer/recompress.ts";
import { ociLayerType } from "../../registry/media-type.ts";
import type { BuildRun } from "../solve/build-run.ts";
import type { CachedMount } from "./document.ts";

/** Stores what a cache mount holds as a blob. Throws `internal` when somebody writes to it meanwhile. */
export async function packMount(
  { engine, scratch, signal }: BuildRun,
  { name, description }: Pick<CachedMount, "name" | "description">,
  lease: string,
): Promise<CachedMount> {
  const folder = engine.builds.cacheMounts.pathOf(name);
  const { diffId } = await measureLayer(folder, signal);
  const path = join(scratch, randomUUID());
  const plain = { bytes: copiedChunks(packLayer(folder)), compression: "none", diffId } as const;
  const { digest, size } = await recompressLayer(plain, { compression: "gzip", level: undefined }, path, signal);
  await engine.blobs.adopt(path, { digest, size }, lease);
  return { name, description, layer: { diffId, mediaType: `${ociLayerType}+gzip`, digest, size } };
}
