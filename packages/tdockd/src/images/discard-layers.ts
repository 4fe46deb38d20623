import { isError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import type { ImageRecord } from "./image.ts";
import { layerPlaces } from "./layer-places.ts";
import type { LayerPlace } from "./layer-store.ts";
import type { Repository } from "./source-label.ts";

/** On the snapshot of a layer, with the digest of its blob behind it: where that can be fetched again. */
const labelPrefix = "tdock.dropped/";

type DiscardEngine = Pick<Engine, "arrivalLease" | "blobs" | "containerd">;

/**
 * Lets the blobs of an image's layers go, which are all unpacked: containerd's collector takes those that no other
 * image keeps. Notes with each layer that it can be fetched again from `repository`, where the image came from.
 */
export async function discardLayers(engine: DiscardEngine, image: ImageRecord, repository: Repository): Promise<void> {
  const { blobs, containerd } = engine;
  const places = layerPlaces(image.manifest.layers, image.diffIds);
  // Its end makes the collector run.
  await engine.arrivalLease.with(async () => {
    for (const { chainId, blob } of places) {
      await containerd.snapshots.updateLabels(chainId, { [labelPrefix + blob.digest]: nameOf(repository) });
    }
    const references = places.map((_, index) => [`containerd.io/gc.ref.content.l.${index}`, undefined] as const);
    await blobs.setLabels(image.manifestBlob.digest, Object.fromEntries(references));
  });
}

/** Where the blob of a layer that was let go can be fetched again; empty for one that never was. */
export async function droppedFrom(
  { containerd }: Pick<Engine, "containerd">,
  { chainId, blob }: Pick<LayerPlace, "blob" | "chainId">,
): Promise<readonly Repository[]> {
  const snapshot = await containerd.snapshots.stat(chainId).catch((thrown) => {
    if (isError(thrown, "not-found")) return undefined;
    throw thrown;
  });
  const [, domain, path] = /^([^/]+)\/(.+)$/.exec(snapshot?.labels[labelPrefix + blob.digest] ?? "") ?? [];
  return domain === undefined || path === undefined ? [] : [{ domain, path }];
}

function nameOf({ domain, path }: Repository): string {
  return `${domain}/${path}`;
}
