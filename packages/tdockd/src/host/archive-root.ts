import type { Readable } from "node:stream";
import { TdockError } from "@tdock/errors/error";
import { startPiped } from "./piped-command.ts";

const args = [
  "--create",
  "--file=-",
  "--format=pax",
  "--numeric-owner",
  "--xattrs",
  "--xattrs-include=security.capability",
  "--transform=s,^\\./,,",
  ".",
];

/** Gives `use` a root's files as a tar archive. Throws `internal` with what tar says when it cannot read them. */
export async function archiveRoot(
  root: string,
  signal: AbortSignal,
  use: (bytes: Readable) => Promise<void>,
): Promise<void> {
  const tar = await startPiped("/usr/bin/tar", args, { signal, cwd: root });
  tar.stdin.end();
  await use(tar.stdout);
  const { exitCode, stderr } = await tar.ended;
  if (exitCode > 1) throw new TdockError("internal", `tar: ${stderr}`);
}
