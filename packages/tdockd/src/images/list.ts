import type { Input } from "@tdock/api/endpoint";
import type { ImageSummary, imageList } from "@tdock/api/images";
import type { Engine } from "../engine.ts";
import type { ImageRecord } from "./image.ts";
import { imageFilter } from "./image-filter.ts";
import { imageParts, storedBlobs } from "./image-parts.ts";
import { createdSeconds } from "./image-time.ts";
import { manifestSummaries } from "./manifest-summaries.ts";
import { formatName } from "./names.ts";
import { referenceFilter } from "./reference-filter.ts";

type ListEngine = Pick<Engine, "blobs" | "containerd" | "containers" | "images" | "layerSizes" | "now">;

/**
 * `GET /images/json`: newest first; with the filter `reference`, each with those of its names that are meant. With
 * `manifests`, each with what its index holds, and the size of all of that, what is shared counted once.
 * Throws `invalid-argument` for an unknown filter.
 */
export async function listImages(engine: ListEngine, input: Input<typeof imageList>): Promise<ImageSummary[]> {
  const images = await engine.images.list();
  const meant = images.filter(await imageFilter(engine, input.filters));
  const { reference = [] } = input.filters ?? {};
  const isMeant = reference.length > 0 ? referenceFilter(reference) : () => true;
  const shared = input["shared-size"] === true ? await sharedLayers(engine, images) : undefined;
  const stored = input.manifests === true ? await storedBlobs(engine) : undefined;
  const stackBytes = await Promise.all(meant.map(({ chainId }) => engine.layerSizes.stackBytes(chainId)));
  const summaries: ImageSummary[] = [];
  for (const [index, image] of meant.entries()) {
    summaries.push({
      Id: image.id,
      ParentId: "",
      RepoTags: image.repoTags.filter(isMeant),
      RepoDigests: image.repoDigests.filter(isMeant),
      Created: createdSeconds(image),
      Size: image.contentBytes + (stackBytes[index] as number),
      SharedSize: shared === undefined ? -1 : await sharedBytes(engine, image, shared),
      Labels: { ...image.config.Labels },
      Containers: shared === undefined ? -1 : containersOf(engine, image),
      ...(image.pinnedNames.length > 0 && { Pinned: image.pinnedNames.map(formatName) }),
      Descriptor: { mediaType: image.target.mediaType, digest: image.target.digest, size: image.target.size },
      ...(stored !== undefined && (await manifestsOf(engine, image, stored))),
    });
  }
  return summaries.sort((one, other) => other.Created - one.Created);
}

async function manifestsOf(engine: ListEngine, image: ImageRecord, stored: ReadonlySet<string>) {
  const [Manifests, parts] = await Promise.all([
    manifestSummaries(engine, image, stored),
    imageParts(engine, image, stored),
  ]);
  return { Manifests, Size: [...parts.values()].reduce((sum, bytes) => sum + bytes, 0) };
}

function containersOf({ containers }: ListEngine, { id }: ImageRecord): number {
  return containers.list().filter(({ imageId }) => imageId === id).length;
}

/** Layers that more than one image has. */
async function sharedLayers({ layerSizes }: ListEngine, images: readonly ImageRecord[]): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { chainId } of images) {
    for (const { name } of await layerSizes.stack(chainId)) (seen.has(name) ? shared : seen).add(name);
  }
  return shared;
}

async function sharedBytes({ layerSizes }: ListEngine, { chainId }: ImageRecord, shared: ReadonlySet<string>) {
  const stack = await layerSizes.stack(chainId);
  return stack.filter(({ name }) => shared.has(name)).reduce((sum, { bytes }) => sum + bytes, 0);
}
