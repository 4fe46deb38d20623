import type { Engine } from "../engine.ts";
import type { ImageIndex, ImageManifest, ManifestDocument } from "../registry/manifest.ts";
import type { FetchedDocument } from "../registry/resolve.ts";
import { chainIdsOf } from "./chain-id.ts";
import { type Repository, sourceLabel } from "./source-label.ts";

/** An image's own documents, its layers already being in the stores under `lease`. */
export interface ImageDocuments {
  readonly lease: string;
  /** Where it came from; undefined when it was made or loaded here. */
  readonly repository?: Repository;
  readonly manifest: FetchedDocument<ImageManifest & ManifestDocument>;
  readonly configBytes: Buffer;
  readonly diffIds: readonly string[];
}

/** Everything that makes an image. */
export interface CompleteImage extends ImageDocuments {
  /** containerd's name for it. */
  readonly name: string;
  readonly target: FetchedDocument;
  /** The platform that was asked for, where the target is an index and another than this machine's is meant. */
  readonly platform?: string;
  readonly indexes: readonly FetchedDocument<ImageIndex & ManifestDocument>[];
}

type RecordEngine = Pick<Engine, "blobs" | "disk" | "images">;

/**
 * Stores an image's documents, with the labels by which containerd's collector finds what belongs to it, waits until
 * all of it is on the disk, and only then gives it its name.
 */
export async function recordImage(engine: RecordEngine, image: CompleteImage): Promise<void> {
  await storeAll(engine, image);
  await engine.disk.settle();
  await giveName(engine, image);
}

/** As `recordImage`, for an image that can be had again: it goes to the disk afterwards. One that is on it already waits. */
export async function recordArrival(
  engine: RecordEngine & Pick<Engine, "unsynced">,
  image: CompleteImage,
): Promise<void> {
  const { digest } = image.target.descriptor;
  const isNamed = (await engine.images.names()).some((one) => one.target.digest === digest);
  if (isNamed && !engine.unsynced.has(digest)) return recordImage(engine, image);
  await storeAll(engine, image);
  await engine.unsynced.name(digest, () => giveName(engine, image));
}

async function storeAll(engine: RecordEngine, image: CompleteImage): Promise<void> {
  await storeDocuments(engine, image);
  for (const index of image.indexes.toReversed()) await storeIndex(engine, image, index);
}

async function giveName({ images }: RecordEngine, { name, target, platform }: CompleteImage): Promise<void> {
  const { mediaType, digest, size } = target.descriptor;
  await images.setName(name, { mediaType, digest, size, ...(platform !== undefined && { platform }) });
}

/** Stores an image's configuration and manifest with their labels. They stay as long as the lease, or what names them. */
export async function storeDocuments(engine: Pick<Engine, "blobs">, image: ImageDocuments): Promise<void> {
  const { manifest, configBytes, diffIds } = image;
  const { config, layers } = manifest.document;
  const top = chainIdsOf(diffIds).at(-1);
  const snapshot: Record<string, string> = top === undefined ? {} : { "containerd.io/gc.ref.snapshot.overlayfs": top };
  await put(engine, image, config, configBytes, snapshot);
  const references = await manifestReferences(engine, config.digest, layers);
  await put(engine, image, manifest.descriptor, manifest.bytes, references);
}

/** Stores an index, the documents that it names being there already. */
export async function storeIndex(
  engine: Pick<Engine, "blobs">,
  image: Pick<ImageDocuments, "lease" | "repository">,
  { descriptor, bytes, document }: FetchedDocument<ImageIndex & ManifestDocument>,
): Promise<void> {
  await put(engine, image, descriptor, bytes, indexReferences(document));
}

async function put(
  { blobs }: Pick<Engine, "blobs">,
  { lease, repository }: Pick<ImageDocuments, "lease" | "repository">,
  { digest }: { readonly digest: string },
  bytes: Buffer,
  references: Readonly<Record<string, string>>,
): Promise<void> {
  const source = repository === undefined ? {} : await sourceLabel(blobs, repository, { digest });
  await blobs.put(bytes, { digest, size: bytes.length, labels: { ...references, ...source } }, lease);
}

/**
 * The names are containerd's own (images.ChildGCLabels), so that `ctr` and others find what they expect. A layer that is
 * here only unpacked is no reference: where its blob is stored one day, it need not stay.
 */
async function manifestReferences(
  { blobs }: Pick<Engine, "blobs">,
  config: string,
  layers: readonly { readonly digest: string }[],
): Promise<Record<string, string>> {
  const stored = await Promise.all(layers.map(({ digest }) => blobs.isOnDisk(digest)));
  const references = layers.map(({ digest }, index) => [`containerd.io/gc.ref.content.l.${index}`, digest] as const);
  return Object.fromEntries([
    ["containerd.io/gc.ref.content.config", config],
    ...references.filter((_, index) => stored[index]),
  ]);
}

function indexReferences({ manifests }: ImageIndex): Record<string, string> {
  return Object.fromEntries(manifests.map(({ digest }, index) => [`containerd.io/gc.ref.content.m.${index}`, digest]));
}
