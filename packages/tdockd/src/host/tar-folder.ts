import { type ArchiveUse, archive, bareNames, copyThroughArchive } from "./archive.ts";

const metadata = ["--format=pax", "--numeric-owner", "--xattrs", "--xattrs-include=*", "--acls"];
const everything = [...metadata, bareNames, "."];

/** Gives `use` an archive of a folder: owners as numbers, extended attributes and ACLs. Throws as `archive`. */
export function archiveFolder(folder: string, signal: AbortSignal, use: ArchiveUse): Promise<void> {
  return archive({ folder, args: everything, signal }, use);
}

/** Copies a folder, with all that its archive has, into an empty one that nobody else writes to. Throws as `archive`. */
export function copyFolder(from: string, into: string, signal: AbortSignal): Promise<void> {
  const args = ["--same-owner", "--same-permissions", ...metadata];
  return copyThroughArchive({ folder: from, args: everything, signal }, { folder: into, args });
}
