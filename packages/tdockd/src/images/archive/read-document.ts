import { TdockError } from "@tdock/errors/error";
import { type Descriptor, manifestLimitBytes, parseManifest } from "../../registry/manifest.ts";
import { isIndexType } from "../../registry/media-type.ts";
import type { FetchedDocument } from "../../registry/resolve.ts";
import type { ArchiveMember, ArchiveMembers } from "./archive-members.ts";
import { blobName } from "./documents.ts";

/** Reads a manifest or index of a layout. Throws `invalid-argument` when it is not what is said of it. */
export async function readDocument(members: ArchiveMembers, described: Descriptor): Promise<FetchedDocument> {
  const bytes = await readBlob(members, described, manifestLimitBytes);
  const parsed = parseManifest(bytes, described.mediaType);
  if ((parsed.kind === "index") !== isIndexType(described.mediaType)) {
    throw new TdockError("invalid-argument", `invalid archive: ${described.digest} is not what it is said to be`);
  }
  const { mediaType, digest } = described;
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes, document: parsed };
}

/** The bytes of a small blob. Throws as {@link blobMember}, and `invalid-argument` when it is over `limitBytes`. */
export async function readBlob(members: ArchiveMembers, blob: Descriptor, limitBytes: number): Promise<Buffer> {
  blobMember(members, blob);
  return members.read(blobName(blob.digest), limitBytes);
}

/** The file of a blob. Throws `invalid-argument` when its digest or size is not what is stated. */
export function blobMember(members: ArchiveMembers, { digest, size }: Descriptor): ArchiveMember {
  const member = members.get(blobName(digest));
  if (member.digest === digest && member.size === size) return member;
  throw new TdockError("invalid-argument", `invalid archive: ${digest} has other content`, { reason: "wrong-digest" });
}
