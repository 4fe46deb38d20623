import type { Engine } from "../engine.ts";
import { offerBlob } from "../registry/push-blob.ts";
import type { RegistrySession } from "../registry/session.ts";
import { sourcesOf } from "./fetch-again.ts";
import type { ImageRecord } from "./image.ts";
import { layerPlaces } from "./layer-places.ts";
import type { Reference } from "./reference.ts";

/**
 * Finds out which layers that are not stored here need not be: those that the destination of a push has already, or
 * takes from another repository of the same registry. Resolves to the digests of their blobs. Throws as `pushBlob`.
 */
export async function offerLayers(
  engine: Pick<Engine, "blobs" | "containerd">,
  session: RegistrySession,
  image: ImageRecord,
  { domain, path }: Reference,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (const [index, layer] of image.manifest.layers.entries()) {
    if (await engine.blobs.has(layer)) continue;
    const [place] = layerPlaces(image.manifest.layers, image.diffIds).slice(index);
    const sources = place === undefined ? [] : await sourcesOf(engine, image, place);
    const mountFrom = sources.find((source) => source.domain === domain && source.path !== path)?.path;
    const offer = { repository: path, digest: layer.digest, signal, ...(mountFrom !== undefined && { mountFrom }) };
    if (await offerBlob(session, offer)) there.add(layer.digest);
  }
  return there;
}
