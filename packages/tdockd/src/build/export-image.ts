import type { BlobReference } from "../images/image.ts";
import { danglingName } from "../images/names.ts";
import { newIndex } from "../images/new-index.ts";
import { newManifest } from "../images/new-manifest.ts";
import { storeDocuments, storeIndex } from "../images/record-image.ts";
import { formatFamiliar, parseReference } from "../images/reference.ts";
import { hostPlatform, platformScore } from "../registry/platform.ts";
import type { BuildEngine } from "./build-engine.ts";
import type { LayerInfo } from "./cache/step-record.ts";
import { nameTopLayer } from "./layer/name-top-layer.ts";
import type { ImageDocument } from "./plan/image-document.ts";

/** A finished file system with its description. */
export interface FinishedImage {
  readonly document: ImageDocument;
  readonly layers: readonly LayerInfo[];
  /** Snapshot of the top layer. */
  readonly snapshot: string;
}

/** What a build's result is to be known by. */
export interface Naming {
  /** Full references; none leaves the image without a name. */
  readonly names: readonly string[];
  /** Whether it is an index, with an image for each platform; else there is one image. */
  readonly asIndex: boolean;
}

/** What became of it: the ID is of this machine's image, where there are several, else of the first. */
export interface ExportedImage {
  readonly id: string;
  readonly digest: string;
  /** The name of ours that an image without a name is kept by, where it had none before. */
  readonly ownName: string | undefined;
}

/** Records what was built in containerd's stores: what `docker images`, `ctr` and containers see. */
export async function exportImage(
  engine: BuildEngine,
  images: readonly FinishedImage[],
  { names, asIndex }: Naming,
): Promise<ExportedImage> {
  const packed = images.map((image) => withDocuments(image));
  const index = asIndex ? newIndex(packed.map(memberOf)) : undefined;
  const { mediaType, digest, size } = (index ?? (packed[0] as Packed).manifest).descriptor;
  const target = { mediaType, digest, size };
  const own = danglingName(digest);
  const hadNames = (await engine.images.names()).some(({ target }) => target.digest === digest);
  await engine.arrivalLease.with(async (lease) => {
    const naming = packed.map(({ snapshot, diffIds }) => nameTopLayer(engine, { snapshot, diffIds }, lease));
    const storing = isRecorded(engine, digest, packed).then(async (isThere) => {
      if (!isThere) await storeAll(engine, packed, index, lease);
      return !isThere;
    });
    const [isNew] = await Promise.all([storing, ...naming]);
    const giveNames = async () => {
      for (const name of names.length > 0 ? names : [own]) await engine.images.setName(name, target);
    };
    // It can be built again: it goes to the disk afterwards.
    await (isNew ? engine.unsynced.name(digest, giveNames) : giveNames());
  });
  const id = ownOf(packed).manifest.document.config.digest;
  tellNames(engine, id, names);
  return { id, digest, ownName: names.length > 0 || hadNames ? undefined : own };
}

async function storeAll(
  engine: BuildEngine,
  images: readonly Packed[],
  index: ReturnType<typeof newIndex> | undefined,
  lease: string,
): Promise<void> {
  for (const image of images) await storeDocuments(engine, { lease, ...image });
  if (index !== undefined) await storeIndex(engine, { lease }, index);
}

type Packed = ReturnType<typeof withDocuments>;

function withDocuments({ document, layers, snapshot }: FinishedImage) {
  const configBytes = Buffer.from(JSON.stringify(document));
  const manifest = newManifest(configBytes, layers);
  return { document, snapshot, configBytes, manifest, diffIds: document.rootfs.diff_ids };
}

function memberOf({ document: { os, architecture, variant }, manifest }: Packed) {
  const manifestBlob: BlobReference = manifest.descriptor;
  return { manifest: manifestBlob, platform: { os, architecture, ...(variant !== undefined && { variant }) } };
}

function ownOf(packed: readonly Packed[]): Packed {
  const score = (image: Packed) => platformScore(hostPlatform(), memberOf(image).platform);
  const [best] = packed.toSorted((one, other) => score(other) - score(one));
  return best as Packed;
}

/** Of an index that was loaded or pulled, only one platform's documents may be here. */
async function isRecorded(
  { blobs, images }: Pick<BuildEngine, "blobs" | "images">,
  digest: string,
  packed: readonly Packed[],
): Promise<boolean> {
  if (!(await images.names()).some(({ target }) => target.digest === digest)) return false;
  const documents = packed.flatMap(({ manifest }) => [manifest.descriptor, manifest.document.config]);
  return (await Promise.all(documents.map((document) => blobs.has(document)))).every(Boolean);
}

function tellNames({ events }: Pick<BuildEngine, "events">, id: string, names: readonly string[]): void {
  for (const name of names) {
    const attributes = { name: formatFamiliar(parseReference(name)) };
    events.emit({ type: "image", action: "tag", id, attributes });
  }
}
