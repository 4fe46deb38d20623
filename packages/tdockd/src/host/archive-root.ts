import { type ArchiveUse, archive, bareNames, withCapabilities } from "./archive.ts";

const args = ["--format=pax", "--numeric-owner", ...withCapabilities, bareNames, "."];

/** Gives `use` a root's files as a tar archive. Throws as `archive`. */
export function archiveRoot(root: string, signal: AbortSignal, use: ArchiveUse): Promise<void> {
  return archive({ folder: root, args, signal }, use);
}
