import { chmodSync, chownSync, mkdirSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { dieWithServer } from "../host/die-with-server.ts";
import { extractInRoot } from "../host/extract-in-root.ts";
import { openInRoot, type PinnedPath } from "../host/path-in-root.ts";
import { removeTree } from "../host/remove-tree.ts";
import { renameIfFree } from "../host/rename-if-free.ts";
import { runOrThrow } from "../host/run-command.ts";
import { errnoName } from "../host/system-error.ts";
import { archiveFolder } from "../host/tar-folder.ts";

export interface CopyUpRequest {
  /** Where the container's root is mounted; nothing may run in it. */
  readonly root: string;
  /** Place in the root that the volume will hide. */
  readonly destination: string;
  /** The volume's data folder. Containers that use the volume already may be changing it. */
  readonly dataFolder: string;
  /** Another file system lies there. */
  readonly isMounted: boolean;
}

/**
 * Fills an empty volume with what the image has at its place, owners, modes and extended attributes included; a volume
 * that has anything in it stays as it is. Links are copied, never followed: the source is found inside the root by the
 * kernel, and the copy is made in a folder of our own and moved into the volume name by name; where that is another file
 * system, by an archive that cannot leave it, without extended attributes.
 */
export async function copyUp({ root, destination, dataFolder, isMounted }: CopyUpRequest): Promise<void> {
  using source = findFolder(root, destination);
  if (source === undefined || readdirSync(dataFolder).length > 0) return;
  using target = openInRoot(dataFolder, "/");
  try {
    if (readdirSync(source.path).length > 0) {
      const folder = realpathSync(source.path);
      await (isMounted ? unpackInto(folder, target.fd) : copyInto(folder, dataFolder));
    }
    const { uid, gid, mode } = statSync(source.path);
    chownSync(target.path, uid, gid);
    chmodSync(target.path, mode & 0o7777);
  } catch (thrown) {
    // What is mounted read-only is to be taken as it is.
    if (!isMounted || !["EROFS", "read-only"].includes(errnoName(thrown) ?? "")) throw thrown;
  }
}

/** What is no folder in the image, or not there, has nothing to give. */
function findFolder(root: string, destination: string): PinnedPath | undefined {
  try {
    const place = openInRoot(root, destination);
    if (statSync(place.path).isDirectory()) return place;
    place[Symbol.dispose]();
    return undefined;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errnoName(error) ?? "")) return undefined;
    throw error;
  }
}

async function unpackInto(source: string, rootFd: number): Promise<void> {
  const { signal } = new AbortController();
  await archiveFolder(source, signal, (bytes) =>
    extractInRoot({ rootFd, destination: "/", bytes, keepKinds: false, signal }),
  );
}

async function copyInto(source: string, dataFolder: string): Promise<void> {
  const staging = join(dirname(dataFolder), "copy-up");
  await removeTree(staging);
  mkdirSync(staging, { mode: 0o700 });
  try {
    await runOrThrow(...dieWithServer("cp", ["-a", "--reflink=auto", "--", `${source}/.`, staging]));
    // Somebody else's files came first: then this volume is no longer empty, and is left as it is.
    if (readdirSync(dataFolder).length > 0) return;
    // Names are bytes, not always text.
    for (const name of readdirSync(staging, { encoding: "buffer" })) placeIn(dataFolder, staging, name);
  } finally {
    await removeTree(staging);
  }
}

/** A name that somebody gives at this moment stays theirs. */
function placeIn(dataFolder: string, staging: string, name: Buffer): void {
  try {
    renameIfFree(inFolder(staging, name), inFolder(dataFolder, name));
  } catch (thrown) {
    if (errnoName(thrown) !== "EEXIST") throw thrown;
  }
}

function inFolder(folder: string, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), name]);
}
