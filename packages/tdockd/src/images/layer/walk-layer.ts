import { lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { capabilityAttribute, opaqueAttribute, readAttribute } from "../../host/extended-attribute.ts";
import { numbersOf } from "../../host/special-file.ts";
import type { TarEntry } from "./encode-tar-header.ts";

/** Something in a layer as its archive tells it. */
export interface PackedEntry {
  readonly header: TarEntry;
  /** Where the bytes of an ordinary file lie. */
  readonly place: Buffer | undefined;
}

interface Walk {
  readonly root: Buffer;
  readonly omitted: ReadonlySet<string>;
  /**
   * Inode to the first name it had, its bytes as Latin-1: later names become hard links. A string takes a third of what
   * a buffer does, and all files of a build's context have a name elsewhere.
   */
  readonly links: Map<number, string>;
}

const slash = Buffer.from("/");

/**
 * What the archive of a layer's folder holds, in its order: names sorted by their bytes, each folder before what is in
 * it. What `omitted` names is left out, with all below it.
 */
export function walkLayer(folder: string, omitted: ReadonlySet<string>): Generator<PackedEntry> {
  return walkFolder({ root: Buffer.from(folder), omitted, links: new Map() });
}

/** A folder is left to wait while what is in it is walked: generators in each other would pass on each entry. */
function* walkFolder(walk: Walk): Generator<PackedEntry> {
  const { root, omitted } = walk;
  const open = [openFolder(root, Buffer.alloc(0))];
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const name = last.names[last.next++];
    if (name === undefined) {
      open.pop();
      continue;
    }
    const path = joined(last.path, name);
    if (omitted.size > 0 && omitted.has(path.toString())) continue;
    const place = joined(root, path);
    const stats = lstatSync(place);
    if (stats.isSocket()) continue;
    yield entryOf(walk, place, path, stats);
    if (!stats.isDirectory()) continue;
    if (isOpaque(place)) yield whiteout(joined(path, Buffer.from(".wh..wh..opq")));
    open.push(openFolder(root, path));
  }
}

function openFolder(root: Buffer, path: Buffer) {
  return { path, names: readdirSync(joined(root, path), { encoding: "buffer" }).sort(Buffer.compare), next: 0 };
}

function joined(folder: Buffer, name: Buffer): Buffer {
  return folder.length === 0 ? name : Buffer.concat([folder, slash, name]);
}

function entryOf({ links }: Walk, place: Buffer, path: Buffer, stats: Stats): PackedEntry {
  if (stats.isCharacterDevice() && stats.rdev === 0) {
    const at = path.lastIndexOf("/") + 1; // overlayfs marks a removed name by the device 0/0
    return whiteout(Buffer.concat([path.subarray(0, at), Buffer.from(".wh."), path.subarray(at)]));
  }
  const first = links.get(stats.ino);
  if (first !== undefined) {
    return {
      header: { ...common(path, stats), type: "hardlink", size: 0, link: Buffer.from(first, "latin1") },
      place: undefined,
    };
  }
  if (stats.nlink > 1 && !stats.isDirectory()) links.set(stats.ino, path.toString("latin1"));
  return stats.isFile()
    ? { header: fileEntry(place, path, stats), place }
    : { header: otherEntry(place, path, stats), place: undefined };
}

function fileEntry(place: Buffer, path: Buffer, stats: Stats): TarEntry {
  const capability = (stats.mode & 0o111) === 0 ? undefined : readAttribute(place, capabilityAttribute);
  const attributes = capability && { [capabilityAttribute]: capability };
  return { ...common(path, stats), type: "file", size: stats.size, attributes };
}

function otherEntry(place: Buffer, path: Buffer, stats: Stats): TarEntry {
  const entry = { ...common(path, stats), size: 0 };
  if (stats.isDirectory()) return { ...entry, type: "folder", name: Buffer.concat([path, slash]) };
  if (stats.isSymbolicLink()) {
    return { ...entry, type: "symlink", mode: 0o777, link: readlinkSync(place, { encoding: "buffer" }) };
  }
  const numbers = numbersOf(stats.rdev);
  return { ...entry, type: stats.isFIFO() ? "fifo" : stats.isBlockDevice() ? "block" : "char", ...numbers };
}

function common(name: Uint8Array, stats: Stats) {
  const { mode, uid, gid, mtimeMs } = stats;
  return { name, mode: mode & 0o7777, uid, gid, mtime: Math.floor(mtimeMs / 1000) };
}

function whiteout(name: Uint8Array): PackedEntry {
  const header = { name, type: "file", mode: 0, uid: 0, gid: 0, size: 0, mtime: 0 } as const;
  return { header, place: undefined };
}

function isOpaque(place: Buffer): boolean {
  return readAttribute(place, opaqueAttribute)?.toString() === "y";
}
