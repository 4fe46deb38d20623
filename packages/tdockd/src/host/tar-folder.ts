import { type PipedCommand, startPiped } from "./piped-command.ts";

const metadata = ["--format=pax", "--numeric-owner", "--xattrs", "--xattrs-include=*", "--acls"];

/**
 * Starts to archive what is in a folder: names relative to it, owners as numbers, extended attributes and ACLs.
 * Links are archived, never followed: tar opens each name in the folder that it has opened before. Exit code 1 means
 * that files changed meanwhile.
 */
export function startArchiving(folder: string, signal: AbortSignal): Promise<PipedCommand> {
  const names = ["--transform=s,^\\./,,", "."];
  return startPiped("/usr/bin/tar", ["--create", "--file=-", ...metadata, ...names], { signal, cwd: folder });
}

/** Starts to unpack an archive of `startArchiving` into an empty folder that nobody else writes to. */
export function startUnpacking(folder: string, signal: AbortSignal): Promise<PipedCommand> {
  const args = ["--extract", "--file=-", "--same-owner", "--same-permissions", ...metadata];
  return startPiped("/usr/bin/tar", args, { signal, cwd: folder });
}
