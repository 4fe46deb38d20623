import { mkdtemp, readdir, readlink, rename, rm, stat } from "node:fs/promises";
import { dirname, join, posix, resolve } from "node:path";
import { containerArchiveGet } from "@tdock/api/containers";
import { encodeRequest } from "@tdock/api/request";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { bodyOf } from "../client/reply-body.ts";
import { send } from "../client/send.ts";
import { type CopyEnd, planCopy } from "../context/copy-rules.ts";
import { feedTar } from "../context/feed-tar.ts";
import { countBytes } from "../terminal/count-bytes.ts";
import { copyOutput } from "../terminal/output.ts";
import type { CopyOptions } from "./cp.ts";
import { isFolder, readPathStat, statPath } from "./path-stat.ts";

/** Copies a file or folder of a container to here. Gives the size of the archive; 0 when it went to standard output. */
export async function copyOut(
  cli: Cli,
  from: { id: string; path: string },
  to: string,
  options: CopyOptions,
): Promise<number> {
  const path = options.followLink ? await followLink(cli, from) : from.path;
  const reply = await send(cli.client, encodeRequest(containerArchiveGet, { id: from.id, path }));
  const stream = bodyOf(reply);
  if (to === "-") {
    await copyOutput(stream, { framed: false });
    return 0;
  }
  const found = readPathStat(reply.headers);
  const source: CopyEnd = { path, kind: isFolder(found) ? "folder" : "file" };
  const counted = countBytes(stream);
  await unpack(counted.bytes, { source, target: await localEnd(to), archive: options.archive });
  return counted.size();
}

/** The path that a link in the container leads to. */
async function followLink(cli: Cli, { id, path }: { id: string; path: string }): Promise<string> {
  const { linkTarget } = await statPath(cli, { id, path });
  return linkTarget ? posix.resolve(posix.dirname(path), linkTarget) : path;
}

/** Links that lead to no folder are followed here: what is copied would take their place. Throws `invalid-argument`. */
async function localEnd(path: string): Promise<CopyEnd> {
  const ending = /\/\.?$/.exec(path)?.[0] ?? "";
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return { path: resolve(path) + ending, kind: "folder" };
  if (found?.isCharacterDevice() || found?.isBlockDevice()) {
    const message = `invalid output path: "${path}" must be a directory or a regular file: got a device`;
    throw new TdockError("invalid-argument", message);
  }
  return { path: (await endOfLinks(resolve(path))) + ending, kind: found === undefined ? "absent" : "file" };
}

/** As many links as the kernel follows. */
const mostLinks = 40;

async function endOfLinks(path: string): Promise<string> {
  let place = path;
  for (let followed = 0; followed < mostLinks; followed++) {
    const target = await readlink(place).catch(() => undefined);
    if (target === undefined) return place;
    place = resolve(dirname(place), target);
  }
  throw new TdockError("invalid-argument", `too many levels of symbolic links: ${path}`);
}

interface Unpacking {
  readonly source: CopyEnd;
  readonly target: CopyEnd;
  readonly archive: boolean;
}

async function unpack(bytes: AsyncIterable<Uint8Array>, { source, target, archive }: Unpacking): Promise<void> {
  const { folder, name } = planCopy(source, target);
  const owners = archive ? ["--same-owner", "--numeric-owner"] : ["--no-same-owner"];
  const capabilities = ["--xattrs", "--xattrs-include=security.capability"];
  const flags = [
    "--extract",
    "--file=-",
    "--same-permissions",
    "--delay-directory-restore",
    ...owners,
    ...capabilities,
  ];
  if (name === undefined) return feedTar([...flags, `--directory=${folder}`], bytes);
  await requireFolder(folder);
  const staging = await mkdtemp(join(folder, ".tdock-cp-"));
  try {
    await feedTar([...flags, `--directory=${staging}`], bytes);
    await rename(await copiedIn(staging, source), join(folder, name));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/**
 * What an archive has left in a folder of its own, where nothing of another name than expected does harm, and what is
 * renamed keeps its mode and owner: the folder itself, when it was asked for as one.
 */
async function copiedIn(staging: string, source: CopyEnd): Promise<string> {
  if (source.kind === "folder" && /\/\.?$/.test(source.path)) return staging;
  const [name, ...others] = await readdir(staging);
  if (name !== undefined && others.length === 0) return join(staging, name);
  throw new TdockError("internal", "the daemon sent an archive of something else");
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory())
    throw new TdockError("not-found", `invalid output path: directory "${folder}" does not exist`);
}
