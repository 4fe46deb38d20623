import { TdockError } from "@tdock/errors/error";
import * as v from "valibot";
import { compressionOf } from "../../host/decompress.ts";
import { digestOf, isDigest } from "../../registry/digest.ts";
import {
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  type ManifestDocument,
  manifestLimitBytes,
  manifestsFor,
  parseManifest,
} from "../../registry/manifest.ts";
import { ociConfigType, ociLayerType, ociManifestType } from "../../registry/media-type.ts";
import { formatPlatform, hostPlatform, type Platform, platformScore } from "../../registry/platform.ts";
import type { FetchedDocument } from "../../registry/resolve.ts";
import { configLimitBytes, parseImageConfig } from "../image-config.ts";
import { formatReference, parseReference, withDefaultTag } from "../reference.ts";
import type { ArchiveMember, ArchiveMembers } from "./archive-members.ts";
import { blobName } from "./documents.ts";
import { firstBytes } from "./first-bytes.ts";
import { type IndexRest, indexRest } from "./index-rest.ts";
import { blobMember, readBlob, readDocument } from "./read-document.ts";

/** An image of an archive, its layers still to be unpacked. */
export interface ArchivedImage {
  /** containerd's names; none when the archive does not say. */
  readonly names: readonly string[];
  readonly target: FetchedDocument;
  readonly indexes: readonly FetchedDocument<ImageIndex & ManifestDocument>[];
  readonly manifest: FetchedDocument<ImageManifest & ManifestDocument>;
  readonly configBytes: Buffer;
  /** What else of its index is in the archive and is to be kept. */
  readonly rest: IndexRest;
  /** The files of the layers, by digest. */
  readonly layers: ReadonlyMap<string, ArchiveMember>;
}

const dockerManifest = v.array(
  v.object({
    Config: v.string(),
    RepoTags: v.nullish(v.array(v.string())),
    Layers: v.nullish(v.array(v.string())),
  }),
);

const maxDepth = 4;
const noRest: IndexRest = { members: [], indexes: [] };

/**
 * The images that an archive holds: an OCI layout's where it has names of its own, else those of Docker's
 * `manifest.json`; with `platform`, of an index nothing else. Every digest that the archive states is checked against
 * its bytes. Throws `invalid-argument`, `not-found` when an image is not for `platform`.
 */
export async function archivedImages(
  members: ArchiveMembers,
  platform: Platform | undefined,
): Promise<ArchivedImage[]> {
  const images = await imagesOf(members, platform);
  if (platform !== undefined) for (const image of images) checkPlatform(image, platform);
  return images;
}

async function imagesOf(members: ArchiveMembers, platform: Platform | undefined): Promise<ArchivedImage[]> {
  const isDocker = members.find("manifest.json") !== undefined;
  const index = await layoutIndex(members);
  if (index?.kind === "index" && (!isDocker || index.manifests.some(nameOf))) {
    return mergeNames(await Promise.all(index.manifests.map((one) => fromLayout(members, one, platform))));
  }
  if (isDocker) return fromDocker(members);
  throw new TdockError("invalid-argument", "invalid archive: neither manifest.json nor index.json is in it");
}

/** The list of all that a layout holds, which may be long. */
async function layoutIndex(members: ArchiveMembers): Promise<ManifestDocument | undefined> {
  if (members.find("index.json") === undefined) return undefined;
  return parseManifest(await members.read("index.json", manifestLimitBytes), undefined, Number.POSITIVE_INFINITY);
}

/** An image says itself what it is for, whatever its index says. */
function checkPlatform({ configBytes }: ArchivedImage, platform: Platform): void {
  const { os, architecture, variant } = parseImageConfig(configBytes);
  if (platformScore(platform, { os, architecture, ...(variant != null && { variant }) }) > 0) return;
  throw new TdockError("not-found", `requested platform(s) ([${formatPlatform(platform)}]) not found`);
}

async function fromLayout(
  members: ArchiveMembers,
  described: Descriptor,
  platform: Platform | undefined,
): Promise<ArchivedImage> {
  const target = await readDocument(members, described);
  const indexes: FetchedDocument<ImageIndex & ManifestDocument>[] = [];
  let current = target;
  while (current.document.kind === "index") {
    indexes.push(current as FetchedDocument<ImageIndex & ManifestDocument>);
    const wanted = manifestsFor(current.document, platform ?? hostPlatform());
    const here = wanted.find(({ digest }) => members.find(blobName(digest)));
    const any = here ?? current.document.manifests.find(({ digest }) => members.find(blobName(digest)));
    if (any === undefined || indexes.length > maxDepth) {
      throw new TdockError("invalid-argument", "invalid archive: an index has no image in it");
    }
    current = await readDocument(members, any);
  }
  const manifest = current as FetchedDocument<ImageManifest & ManifestDocument>;
  const { config, layers } = manifest.document;
  const name = nameOf(described);
  const [outermost] = indexes;
  const known = new Set([...indexes, manifest].map(({ descriptor }) => descriptor.digest));
  const isWhole = outermost !== undefined && platform === undefined;
  return {
    names: name === undefined ? [] : [name],
    target,
    indexes,
    manifest,
    configBytes: await readBlob(members, config, configLimitBytes),
    rest: isWhole ? await indexRest(members, outermost.document, known) : noRest,
    layers: new Map(layers.map((layer) => [layer.digest, blobMember(members, layer)])),
  };
}

/** The full reference of a layout's entry, by containerd's annotation or podman's full `ref.name`. */
function nameOf({ annotations }: Descriptor): string | undefined {
  const text = annotations?.["io.containerd.image.name"] ?? annotations?.["org.opencontainers.image.ref.name"];
  if (text === undefined || !/[/:]/.test(text)) return undefined;
  return formatReference(withDefaultTag(parseReference(text)));
}

async function fromDocker(members: ArchiveMembers): Promise<ArchivedImage[]> {
  const bytes = await members.read("manifest.json", 1024 * 1024);
  const entries = v.safeParse(dockerManifest, jsonOf(bytes));
  if (!entries.success) throw new TdockError("invalid-argument", "invalid archive: manifest.json is malformed");
  return Promise.all(entries.output.map((entry) => fromDockerEntry(members, entry)));
}

/** Docker's archives have no OCI manifest: it is made here, over the very layers of the archive. */
async function fromDockerEntry(
  members: ArchiveMembers,
  entry: v.InferOutput<typeof dockerManifest>[number],
): Promise<ArchivedImage> {
  const configBytes = await members.read(entry.Config, configLimitBytes);
  const files = (entry.Layers ?? []).map((name) => members.get(name));
  const layers = await Promise.all(files.map(layerDescriptor));
  const config = { mediaType: ociConfigType, digest: digestOf(configBytes), size: configBytes.length };
  const value = { schemaVersion: 2, mediaType: ociManifestType, config, layers };
  const manifestBytes = Buffer.from(JSON.stringify(value));
  const document = parseManifest(manifestBytes, ociManifestType) as ImageManifest & ManifestDocument;
  const descriptor = { mediaType: ociManifestType, digest: digestOf(manifestBytes), size: manifestBytes.length };
  const manifest = { descriptor, bytes: manifestBytes, document };
  return {
    names: (entry.RepoTags ?? []).map((tag) => formatReference(withDefaultTag(parseReference(tag)))),
    target: manifest,
    indexes: [],
    manifest,
    configBytes,
    rest: noRest,
    layers: new Map(files.map((file) => [file.digest, file])),
  };
}

async function layerDescriptor({ path, digest, size }: ArchiveMember) {
  if (!isDigest(digest)) throw new TdockError("internal", "a layer has no digest");
  const compression = compressionOf(await firstBytes(path, 6));
  if (compression !== "none" && compression !== "gzip" && compression !== "zstd") {
    throw new TdockError(
      "invalid-argument",
      `invalid archive: layers compressed with ${compression} are not supported`,
    );
  }
  return { mediaType: compression === "none" ? ociLayerType : `${ociLayerType}+${compression}`, digest, size };
}

function mergeNames(images: readonly ArchivedImage[]): ArchivedImage[] {
  const merged = new Map<string, ArchivedImage>();
  for (const image of images) {
    const { digest } = image.target.descriptor;
    const known = merged.get(digest);
    merged.set(digest, { ...image, names: [...new Set([...(known?.names ?? []), ...image.names])] });
  }
  return [...merged.values()];
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
