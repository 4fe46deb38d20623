import { constants, fstatSync, lstatSync, readSync } from "node:fs";
import { TdockError } from "@tdock/errors/error";
import { openInRoot, type PinnedPath } from "../host/path-in-root.ts";
import type { IdentityFiles } from "./spec/user.ts";

const limitBytes = 4 * 1024 * 1024;
const systemFolders = ["dev", "proc", "sys"];

/**
 * Reads a root's passwd and group: inside the root, regular files only, at most 4 MiB, and without waiting
 * (CVE-2024-9676). A file that is missing counts as empty; a FIFO or device throws `invalid-argument`: runc reads the
 * same files and would wait for ever.
 */
export function readIdentityFiles(root: string | number): IdentityFiles {
  return { passwd: readSmallFile(root, "etc/passwd"), group: readSmallFile(root, "etc/group") };
}

/**
 * Throws `invalid-argument` when /dev, /proc or /sys of a root is anything but a folder or missing: runc would mount
 * through such a link (CVE-2023-28642, CVE-2019-19921, CVE-2026-41579).
 */
export function checkSystemFolders(root: string): void {
  for (const name of systemFolders) {
    const found = lstatSync(`${root}/${name}`, { throwIfNoEntry: false });
    if (found === undefined || found.isDirectory()) continue;
    const kind = found.isSymbolicLink() ? "a symbolic link" : "not a folder";
    throw new TdockError("invalid-argument", `refusing to start: /${name} of the image is ${kind}`, {
      reason: "unsafe-root",
    });
  }
}

function readSmallFile(root: string | number, path: string): string {
  let file: PinnedPath;
  try {
    file = openInRoot(root, path, { flags: constants.O_RDONLY | constants.O_NONBLOCK });
  } catch {
    return "";
  }
  using opened = file;
  const found = fstatSync(opened.fd);
  if (found.isDirectory()) return "";
  if (!found.isFile())
    throw new TdockError("invalid-argument", `refusing to start: /${path} of the image is no regular file`);
  if (found.size > limitBytes) {
    throw new TdockError("invalid-argument", `/${path} of the image is larger than ${limitBytes} bytes`);
  }
  const bytes = Buffer.alloc(found.size);
  return bytes.toString("utf8", 0, readSync(opened.fd, bytes, 0, bytes.length, 0));
}
