import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { constants, copyFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { diskName } from "@tdock/api/name-text";
import { capabilityAttribute, writeAttribute } from "../../host/extended-attribute.ts";
import { makeSpecialFile } from "../../host/special-file.ts";
import type { FileEntry, TreeEntry } from "../tree/entry.ts";
import type { Entries } from "../tree/walk-tree.ts";

/** What the kernel is told: names are bytes. */
type Place = string | Buffer;

export interface WriteOptions {
  /** Bytes whose place begins so are ours alone and may be shared with the layer by a hard link. */
  readonly linkable: string | undefined;
  /** Digests of files that get bytes of their own all the same: programs would take them for one with those below. */
  readonly unshared?: ReadonlySet<string> | undefined;
  readonly signal: AbortSignal;
}

/**
 * Writes entries, parents before children, into the upper folder of a new layer, which must be empty and not mounted: nothing in it was
 * made by anybody else, so no name leads elsewhere. Gives the loop back to others between files.
 */
export async function writeUpper(upper: string, entries: Entries, options: WriteOptions): Promise<void> {
  const linked = new Set<number>();
  const folders: { readonly path: string; readonly mtime: number }[] = [];
  const names = new Map<string, Place>();
  let sinceTurn = performance.now();
  for (const [path, entry] of entries) {
    if (entry.kind === "folder") folders.push({ path, mtime: entry.mtime });
    const place = diskName(`${upper}/${path}`);
    if (linkToFirst(names, place, entry)) continue;
    await writeEntry(place, entry, options, linked);
    if (performance.now() - sinceTurn < maxBusyMs) continue;
    await nextTurn();
    options.signal.throwIfAborted();
    sinceTurn = performance.now();
  }
  // deepest first: writing into a folder changes its time
  for (const { path, mtime } of folders.reverse()) utimesSync(diskName(`${upper}/${path}`), mtime, mtime);
}

/** Whether `path` now is a further name of a file that was written already with the same owner, mode and time. */
function linkToFirst(names: Map<string, Place>, path: Place, entry: TreeEntry): boolean {
  if (entry.kind !== "file" || entry.inode === undefined) return false;
  const { inode, mode, uid, gid, mtime } = entry;
  const file = [inode, mode, uid, gid, mtime].join(" ");
  const first = names.get(file);
  if (first === undefined) names.set(file, path);
  return first !== undefined && tryLink(first, path);
}

/** The server answers others at least this often. */
const maxBusyMs = 10;

async function writeEntry(path: Place, entry: TreeEntry, options: WriteOptions, linked: Set<number>): Promise<void> {
  switch (entry.kind) {
    case "folder":
      mkdirSync(path);
      break;
    case "file":
      if (await placeFile(path, entry, options, linked)) return;
      break;
    case "link":
      symlinkSync(diskName(entry.target), path);
      lchownSync(path, entry.uid, entry.gid);
      lutimesSync(path, entry.mtime, entry.mtime);
      return;
    default:
      makeSpecialFile(path, entry);
  }
  chownSync(path, entry.uid, entry.gid); // before chmod: it clears setuid
  chmodSync(path, entry.mode);
  if (entry.kind === "file" && entry.capability !== undefined) {
    writeAttribute(path, capabilityAttribute, entry.capability);
  }
  utimesSync(path, entry.mtime, entry.mtime);
}

/**
 * Puts the bytes in place; true when the metadata are right already.
 * Staged bytes are linked, not copied: they are never written again. What is already part of a layer is shared only
 * with the same owner, mode and time, and a second name in one layer gets a copy of its own.
 */
async function placeFile(path: Place, entry: FileEntry, options: WriteOptions, linked: Set<number>): Promise<boolean> {
  const content = diskName(entry.content);
  const isOurs = options.linkable !== undefined && entry.content.startsWith(options.linkable);
  if (isOurs && !options.unshared?.has(entry.digest ?? "")) {
    const { ino, nlink, mode, uid, gid, mtimeMs } = lstatSync(content);
    const same = (mode & 0o7777) === entry.mode && uid === entry.uid && gid === entry.gid;
    const sameTime = Math.abs(mtimeMs / 1000 - entry.mtime) < 0.001;
    const shared = nlink > 1;
    if (!linked.has(ino) && (!shared || (same && sameTime)) && tryLink(content, path)) {
      linked.add(ino);
      return shared;
    }
  }
  await copyFile(content, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  return false;
}

function tryLink(content: Place, path: Place): boolean {
  try {
    linkSync(content, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EXDEV" || code === "EMLINK" || code === "EPERM") return false;
    throw error;
  }
}
