import { lstat, realpath } from "node:fs/promises";
import { dirname, posix, resolve } from "node:path";
import { containerArchivePut } from "@tdock/api/containers";
import { isError, TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { archiveName, type CopyEnd, planCopy } from "../context/copy-rules.ts";
import { writeTar } from "../context/write-tar.ts";
import { countBytes } from "../terminal/count-bytes.ts";
import { openInput } from "../terminal/open-input.ts";
import type { CopyOptions } from "./cp.ts";
import { isDevice, isFolder, isLink, statPath } from "./path-stat.ts";

interface ContainerPath {
  readonly id: string;
  readonly path: string;
}

/** Copies a file or folder of ours into a container. Gives the size of the archive. */
export async function copyIn(cli: Cli, from: string, to: ContainerPath, { archive, followLink }: CopyOptions) {
  if (from === "-") {
    const counted = countBytes(await openInput("-"));
    await send(cli, to, { bytes: counted.bytes, archive });
    return counted.size();
  }
  const source = await localSource(from, followLink);
  const target = await containerEnd(cli, to);
  const { folder, name } = planCopy(source, target);
  const written = writeTar(tarArguments(source, name ?? archiveName(from)));
  await send(cli, { id: to.id, path: folder }, { bytes: written.bytes, archive });
  return written.size();
}

interface Sent {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly archive: boolean;
}

async function send(cli: Cli, { id, path }: ContainerPath, { bytes, archive }: Sent): Promise<void> {
  await call(cli.client, containerArchivePut, {
    id,
    path,
    noOverwriteDirNonDir: true,
    copyUIDGID: archive || undefined,
    body: bytes,
  });
}

/** Throws `not-found` in Docker's words. */
async function localSource(path: string, follow: boolean): Promise<CopyEnd> {
  const asked = resolve(path) + (/\/\.?$/.exec(path)?.[0] ?? "");
  try {
    const real = follow ? await realpath(asked) : asked;
    const found = await lstat(real);
    return { path: real, kind: found.isDirectory() ? "folder" : "file" };
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const words = code === "ENOENT" ? "no such file or directory" : message;
    throw new TdockError(TdockError.from(cause).code, `lstat ${asked}: ${words}`, { cause });
  }
}

/** As many links as the kernel follows. */
const mostLinks = 40;

/**
 * What is at the other end, links followed as the engine will follow them. Throws `invalid-argument` for a circle, and
 * for a device: a file would take its place.
 */
async function containerEnd(cli: Cli, { id, path }: ContainerPath, followed = 0): Promise<CopyEnd> {
  if (followed > mostLinks) throw new TdockError("invalid-argument", `too many levels of symbolic links: ${path}`);
  try {
    const found = await statPath(cli, { id, path });
    if (isLink(found) && found.linkTarget) {
      const next = posix.resolve(posix.dirname(path), found.linkTarget);
      return await containerEnd(cli, { id, path: next }, followed + 1);
    }
    if (isDevice(found)) {
      const message = `destination "${id}:${path}" must be a directory or a regular file: got a device`;
      throw new TdockError("invalid-argument", message);
    }
    return { path, kind: isFolder(found) ? "folder" : "file" };
  } catch (thrown) {
    if (!isError(thrown, "not-found")) throw thrown;
    return { path, kind: "absent" };
  }
}

/** An archive of one file or folder, whose first part is renamed; targets of symbolic links stay as they are. */
function tarArguments({ path }: CopyEnd, name: string): string[] {
  const own = archiveName(path);
  const folder = own === "." ? path.replace(/\/\.$/, "") : dirname(path.replace(/\/$/, ""));
  const renamed = own === name ? [] : [`--transform=s,^${escapePattern(own)}(/|$),${escapeReplacement(name)}\\1,xS`];
  const capabilities = ["--xattrs", "--xattrs-include=security.capability"];
  // Nobody sets these times.
  const times = "--pax-option=delete=atime,delete=ctime";
  const options = ["--format=pax", times, "--numeric-owner", ...capabilities, ...renamed];
  return [...options, `--directory=${folder}`, "--", own];
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|,]/g, "\\$&");
}

function escapeReplacement(text: string): string {
  return text.replace(/[\\&,]/g, "\\$&");
}
