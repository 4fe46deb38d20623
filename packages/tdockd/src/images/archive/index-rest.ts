import { TdockError } from "@tdock/errors/error";
import type { Descriptor, ImageIndex, ImageManifest, ManifestDocument } from "../../registry/manifest.ts";
import { isIndexType, isManifestType } from "../../registry/media-type.ts";
import type { FetchedDocument } from "../../registry/resolve.ts";
import { configLimitBytes } from "../image-config.ts";
import type { ArchiveMember, ArchiveMembers } from "./archive-members.ts";
import { blobName } from "./documents.ts";
import { blobMember, readBlob, readDocument } from "./read-document.ts";

/** A manifest of an index with all that it names: an image for another platform, or an attestation. */
export interface RestMember {
  readonly manifest: FetchedDocument<ImageManifest & ManifestDocument>;
  readonly configBytes: Buffer;
  readonly layers: ReadonlyMap<string, ArchiveMember>;
}

/** What an archive holds of an index beside the image that is loaded from it. */
export interface IndexRest {
  readonly members: readonly RestMember[];
  /** Indexes inside it, each after those that it names. */
  readonly indexes: readonly FetchedDocument<ImageIndex & ManifestDocument>[];
}

const maxDepth = 4;
const maxDocuments = 1000;

/**
 * Reads all of an index that an archive holds as a whole, but for the documents `known`. What is there in part only is
 * left out. Throws `invalid-argument` for content that is not what its digest says.
 */
export async function indexRest(
  members: ArchiveMembers,
  index: ImageIndex,
  known: ReadonlySet<string>,
): Promise<IndexRest> {
  const seen = new Set(known);
  const rest: { members: RestMember[]; indexes: FetchedDocument<ImageIndex & ManifestDocument>[] } = {
    members: [],
    indexes: [],
  };
  const visit = async (described: Descriptor, depth: number): Promise<void> => {
    if (seen.has(described.digest) || !isDocument(described) || !has(members, described)) return;
    if (depth > maxDepth || seen.size >= maxDocuments) {
      throw new TdockError("invalid-argument", "invalid archive: an index nests too deep or names too much");
    }
    seen.add(described.digest);
    const found = await readDocument(members, described);
    if (isIndex(found)) {
      for (const child of found.document.manifests) await visit(child, depth + 1);
      rest.indexes.push(found);
    } else if (
      isManifest(found) &&
      [found.document.config, ...found.document.layers].every((blob) => has(members, blob))
    )
      rest.members.push(await memberOf(members, found));
  };
  for (const described of index.manifests) await visit(described, 1);
  return rest;
}

async function memberOf(members: ArchiveMembers, manifest: RestMember["manifest"]): Promise<RestMember> {
  const { config, layers } = manifest.document;
  return {
    manifest,
    configBytes: await readBlob(members, config, configLimitBytes),
    layers: new Map(layers.map((layer) => [layer.digest, blobMember(members, layer)])),
  };
}

function isDocument({ mediaType }: Descriptor): boolean {
  return isIndexType(mediaType) || isManifestType(mediaType);
}

function has(members: ArchiveMembers, { digest }: Descriptor): boolean {
  return members.find(blobName(digest)) !== undefined;
}

function isIndex(found: FetchedDocument): found is FetchedDocument<ImageIndex & ManifestDocument> {
  return found.document.kind === "index";
}

function isManifest(found: FetchedDocument): found is FetchedDocument<ImageManifest & ManifestDocument> {
  return found.document.kind === "manifest";
}
