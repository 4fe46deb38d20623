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
import { isIndexType, ociConfigType, ociLayerType, ociManifestType } from "../../registry/media-type.ts";
import type { Platform } from "../../registry/platform.ts";
import type { FetchedDocument } from "../../registry/resolve.ts";
import { configLimitBytes } from "../image-config.ts";
import { formatReference, parseReference, withDefaultTag } from "../reference.ts";
import type { ArchiveMember, ArchiveMembers } from "./archive-members.ts";
import { blobName } from "./documents.ts";
import { firstBytes } from "./first-bytes.ts";

/** An image of an archive, its layers still to be unpacked. */
export interface ArchivedImage {
  /** containerd's names; none when the archive does not say. */
  readonly names: readonly string[];
  readonly target: FetchedDocument;
  readonly indexes: readonly FetchedDocument<ImageIndex & ManifestDocument>[];
  readonly manifest: FetchedDocument<ImageManifest & ManifestDocument>;
  readonly configBytes: Buffer;
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

/**
 * The images that an archive holds: an OCI layout's where it has names of its own, else those of Docker's
 * `manifest.json`. Every digest that the archive states is checked against its bytes. Throws `invalid-argument`.
 */
export async function archivedImages(members: ArchiveMembers, platform: Platform): Promise<ArchivedImage[]> {
  const isDocker = members.find("manifest.json") !== undefined;
  const index =
    members.find("index.json") && parseManifest(await members.read("index.json", manifestLimitBytes), undefined);
  if (index?.kind === "index" && (!isDocker || index.manifests.some(nameOf))) {
    return mergeNames(await Promise.all(index.manifests.map((one) => fromLayout(members, one, platform))));
  }
  if (isDocker) return fromDocker(members);
  throw new TdockError("invalid-argument", "invalid archive: neither manifest.json nor index.json is in it");
}

async function fromLayout(members: ArchiveMembers, described: Descriptor, platform: Platform): Promise<ArchivedImage> {
  const target = await document(members, described);
  const indexes: FetchedDocument<ImageIndex & ManifestDocument>[] = [];
  let current = target;
  while (current.document.kind === "index") {
    indexes.push(current as FetchedDocument<ImageIndex & ManifestDocument>);
    const here = manifestsFor(current.document, platform).find(({ digest }) => members.find(blobName(digest)));
    const any = here ?? current.document.manifests.find(({ digest }) => members.find(blobName(digest)));
    if (any === undefined || indexes.length > maxDepth) {
      throw new TdockError("invalid-argument", "invalid archive: an index has no image in it");
    }
    current = await document(members, any);
  }
  const manifest = current as FetchedDocument<ImageManifest & ManifestDocument>;
  const { config, layers } = manifest.document;
  const name = nameOf(described);
  return {
    names: name === undefined ? [] : [name],
    target,
    indexes,
    manifest,
    configBytes: await verified(members, config, configLimitBytes),
    layers: new Map(layers.map((layer) => [layer.digest, checked(members, layer)])),
  };
}

async function document(members: ArchiveMembers, described: Descriptor): Promise<FetchedDocument> {
  const bytes = await verified(members, described, manifestLimitBytes);
  const parsed = parseManifest(bytes, described.mediaType);
  if ((parsed.kind === "index") !== isIndexType(described.mediaType)) {
    throw new TdockError("invalid-argument", `invalid archive: ${described.digest} is not what it is said to be`);
  }
  const { mediaType, digest } = described;
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes, document: parsed };
}

async function verified(members: ArchiveMembers, blob: Descriptor, limitBytes: number): Promise<Buffer> {
  checked(members, blob);
  return members.read(blobName(blob.digest), limitBytes);
}

/** The file of a blob, which has the digest and size that are stated. */
function checked(members: ArchiveMembers, { digest, size }: Descriptor): ArchiveMember {
  const member = members.get(blobName(digest));
  if (member.digest === digest && member.size === size) return member;
  throw new TdockError("invalid-argument", `invalid archive: ${digest} has other content`, { reason: "wrong-digest" });
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
