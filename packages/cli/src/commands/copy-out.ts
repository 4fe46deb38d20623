import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join, posix, resolve } from "node:path";
import { containerArchiveGet } from "@tdock/api/containers";
import { encodeRequest } from "@tdock/api/request";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { bodyOf } from "../client/reply-body.ts";
import { send } from "../client/send.ts";
import { type CopyEnd, planCopy } from "../context/copy-rules.ts";
import { feedTar } from "../context/tar-program.ts";
import { copyOutput } from "../terminal/output.ts";
import { isFolder, readPathStat, statPath } from "./path-stat.ts";

export interface CopyOptions {
  readonly archive: boolean;
  readonly followLink: boolean;
}

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

async function localEnd(path: string): Promise<CopyEnd> {
  const found = await stat(path).catch(() => undefined);
  const kind = found === undefined ? "absent" : found.isDirectory() ? "folder" : "file";
  const ending = /\/\.?$/.exec(path)?.[0] ?? "";
  return { path: resolve(path) + ending, kind };
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
  const place = join(folder, name);
  if (source.kind === "folder") {
    await mkdir(place);
    return feedTar([...flags, "--strip-components=1", `--directory=${place}`], bytes);
  }
  await unpackFile(bytes, flags, { folder, place });
}

/** Through a folder of its own, so that what has another name or kind than expected lands nowhere else. */
async function unpackFile(
  bytes: AsyncIterable<Uint8Array>,
  flags: readonly string[],
  { folder, place }: { folder: string; place: string },
) {
  const staging = await mkdtemp(join(folder, ".tdock-cp-"));
  try {
    await feedTar([...flags, `--directory=${staging}`], bytes);
    const [name, ...others] = await readdir(staging);
    if (name === undefined || others.length > 0)
      throw new TdockError("internal", "the daemon sent an archive of something else");
    await rename(join(staging, name), place);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory())
    throw new TdockError("not-found", `invalid output path: directory "${folder}" does not exist`);
}

/** Hands bytes on and knows how many there were. */
export function countBytes(source: AsyncIterable<Uint8Array>): {
  bytes: AsyncIterable<Uint8Array>;
  size: () => number;
} {
  let size = 0;
  async function* count(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      size += chunk.length;
      yield chunk;
    }
  }
  return { bytes: count(), size: () => size };
}
