import type { ImageManifestSummary } from "@tdock/api/images";
import type { Engine } from "../engine.ts";
import type { Descriptor } from "../registry/manifest.ts";
import { isIndexType } from "../registry/media-type.ts";
import { hostPlatform } from "../registry/platform.ts";
import { chainIdsOf } from "./chain-id.ts";
import type { ImageRecord } from "./image.ts";
import { readImage, type UnnamedImage } from "./read-image.ts";
import { storedDocument } from "./stored-document.ts";

type SummaryEngine = Pick<Engine, "blobs" | "containers" | "layerSizes">;

/**
 * What an image's name points at, manifest by manifest in the order of its index: images for a platform, attestations,
 * and what is neither. Those that are not here are told of too. `stored` are the digests of all blobs that are here.
 */
export async function manifestSummaries(
  engine: SummaryEngine,
  image: ImageRecord,
  stored: ReadonlySet<string>,
): Promise<ImageManifestSummary[]> {
  const summaries: ImageManifestSummary[] = [];
  const { mediaType, digest, size } = image.target;
  for (const descriptor of await descriptorsOf(engine, { mediaType, digest, size }, stored)) {
    const isOwn = descriptor.digest === image.manifestBlob.digest;
    summaries.push(await summaryOf(engine, descriptor, stored, isOwn ? image : undefined));
  }
  return summaries;
}

/** An index within the index stands, once, for what is in it, as far as it is here. */
async function descriptorsOf(
  engine: SummaryEngine,
  top: Descriptor,
  stored: ReadonlySet<string>,
  opened = new Set<string>(),
): Promise<readonly Descriptor[]> {
  if (!isIndexType(top.mediaType)) return [top];
  if (opened.has(top.digest)) return [];
  opened.add(top.digest);
  const index = await storedDocument(engine, top, stored);
  if (index?.kind !== "index") return opened.size === 1 ? [] : [top];
  const found: Descriptor[] = [];
  for (const one of index.manifests) found.push(...(await descriptorsOf(engine, one, stored, opened)));
  return found;
}

async function summaryOf(
  engine: SummaryEngine,
  descriptor: Descriptor,
  stored: ReadonlySet<string>,
  known: UnnamedImage | undefined,
): Promise<ImageManifestSummary> {
  const manifest = known?.manifest ?? (await storedManifest(engine, descriptor, stored));
  const parts = partsOf(descriptor, manifest);
  const Content = sumOf(parts.filter(({ digest }) => stored.has(digest)));
  const one = {
    ID: descriptor.digest,
    Descriptor: descriptor,
    Available: parts.every(({ digest }) => stored.has(digest)),
  };
  const described = descriptor.annotations?.["vnd.docker.reference.digest"];
  if (descriptor.annotations?.["vnd.docker.reference.type"] === "attestation-manifest" && described !== undefined) {
    return { ...one, Size: { Total: Content, Content }, Kind: "attestation", AttestationData: { For: described } };
  }
  const image = known ?? (await imageAt(engine, descriptor, stored));
  if (isIndexType(descriptor.mediaType) || (image === undefined && descriptor.platform === undefined)) {
    return { ...one, Size: { Total: Content, Content }, Kind: "unknown" };
  }
  const Unpacked = image === undefined ? 0 : await engine.layerSizes.stackBytes(image.chainId);
  return {
    ...one,
    Available: image !== undefined && (await hasLayers(engine, image, stored)),
    Size: { Total: Content + Unpacked, Content },
    Kind: "image",
    ImageData: {
      Platform: descriptor.platform ?? platformOf(image as UnnamedImage),
      Containers: containersOf(engine, descriptor),
      Size: { Unpacked },
    },
  };
}

async function storedManifest(engine: SummaryEngine, descriptor: Descriptor, stored: ReadonlySet<string>) {
  const document = await storedDocument(engine, descriptor, stored);
  return document?.kind === "manifest" ? document : undefined;
}

/** A manifest and all that it names, each once; of one that is not here, nothing but itself is known. */
function partsOf(descriptor: Descriptor, manifest: UnnamedImage["manifest"] | undefined): readonly Descriptor[] {
  const named = manifest === undefined ? [] : [manifest.config, ...manifest.layers];
  return [...new Map([descriptor, ...named].map((part) => [part.digest, part])).values()];
}

async function imageAt(
  { blobs }: SummaryEngine,
  { mediaType, digest, size }: Descriptor,
  stored: ReadonlySet<string>,
): Promise<UnnamedImage | undefined> {
  if (!stored.has(digest)) return undefined;
  return readImage(blobs, { mediaType, digest, size }, hostPlatform(), true).catch(() => undefined);
}

/** Whether the image can be used as it is: a layer is here as a blob, or unpacked, or both. */
async function hasLayers(
  { layerSizes }: SummaryEngine,
  { manifest, diffIds }: UnnamedImage,
  stored: ReadonlySet<string>,
): Promise<boolean> {
  for (const [index, chainId] of chainIdsOf(diffIds).entries()) {
    const layer = manifest.layers[index];
    if (layer !== undefined && stored.has(layer.digest)) continue;
    if ((await layerSizes.stack(chainId)).length === 0) return false;
  }
  return true;
}

function platformOf({ os, architecture, variant }: UnnamedImage) {
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

function containersOf({ containers }: SummaryEngine, { digest }: Descriptor): string[] {
  return containers
    .list()
    .filter(({ manifest }) => manifest.digest === digest)
    .map(({ id }) => id);
}

function sumOf(parts: readonly { readonly size: number }[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}
