import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  read,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from "node:fs";
import { promisify } from "node:util";
import { TdockError } from "@tdock/errors/error";
import { capabilityAttribute, opaqueAttribute, readAttribute } from "../../host/extended-attribute.ts";
import { majorOf, minorOf } from "../../host/special-file.ts";
import { encodeTarHeader, endOfTar, type TarEntry, tarPadding } from "./encode-tar-header.ts";

/**
 * The tar archive of a layer, made from the folder that overlayfs keeps what a step changed in. The same folder always
 * gives the same bytes: names in order, times in whole seconds, numbers for owners. What was removed becomes a
 * `.wh.` file, as of https://github.com/opencontainers/image-spec/blob/main/layer.md.
 * The folder must not change meanwhile; a file that does throws `internal`. A chunk holds good only until the next is
 * asked for: its memory is used again. What `omitted` names (`etc/hosts`) is left out, with all below it.
 */
export async function* packLayer(folder: string, omitted: ReadonlySet<string> = new Set()): AsyncGenerator<Uint8Array> {
  const memory = Buffer.allocUnsafe(smallBytes);
  yield* packFolder({ root: Buffer.from(folder), omitted, links: new Map(), memory }, Buffer.alloc(0));
  yield endOfTar;
}

/** Inode to the first name it had: later names become hard links. */
type Links = Map<number, Uint8Array>;

const slash = Buffer.from("/");

interface Packing {
  readonly root: Buffer;
  readonly omitted: ReadonlySet<string>;
  readonly links: Links;
  /** For the bytes of files, one chunk after the other. */
  readonly memory: Buffer;
}

async function* packFolder(packing: Packing, folder: Buffer): AsyncGenerator<Uint8Array> {
  const { root, omitted } = packing;
  const names = readdirSync(joined(root, folder), { encoding: "buffer" }).sort(Buffer.compare);
  for (const name of names) {
    const path = joined(folder, name);
    if (omitted.size > 0 && omitted.has(path.toString())) continue;
    const place = joined(root, path);
    const stats = lstatSync(place);
    yield* packEntry(packing, place, path, stats);
    if (!stats.isDirectory()) continue;
    if (isOpaque(place)) yield encodeTarHeader(whiteout(joined(path, Buffer.from(".wh..wh..opq"))));
    yield* packFolder(packing, path);
  }
}

function joined(folder: Buffer, name: Buffer): Buffer {
  return folder.length === 0 ? name : Buffer.concat([folder, slash, name]);
}

async function* packEntry(packing: Packing, place: Buffer, path: Buffer, stats: Stats): AsyncGenerator<Uint8Array> {
  const { links } = packing;
  if (stats.isSocket()) return;
  if (stats.isCharacterDevice() && stats.rdev === 0) {
    const at = path.lastIndexOf("/") + 1; // overlayfs marks a removed name by the device 0/0
    yield encodeTarHeader(whiteout(Buffer.concat([path.subarray(0, at), Buffer.from(".wh."), path.subarray(at)])));
    return;
  }
  const first = links.get(stats.ino);
  if (first !== undefined) {
    yield encodeTarHeader({ ...common(path, stats), type: "hardlink", size: 0, link: first });
    return;
  }
  if (stats.nlink > 1 && !stats.isDirectory()) links.set(stats.ino, path);
  if (stats.isFile()) yield* packFile(place, path, stats, packing.memory);
  else yield encodeTarHeader(otherEntry(place, path, stats));
}

function otherEntry(place: Buffer, path: Buffer, stats: Stats): TarEntry {
  const entry = { ...common(path, stats), size: 0 };
  if (stats.isDirectory()) return { ...entry, type: "folder", name: Buffer.concat([path, slash]) };
  if (stats.isSymbolicLink()) {
    return { ...entry, type: "symlink", mode: 0o777, link: readlinkSync(place, { encoding: "buffer" }) };
  }
  const numbers = { major: majorOf(stats.rdev), minor: minorOf(stats.rdev) };
  return { ...entry, type: stats.isFIFO() ? "fifo" : stats.isBlockDevice() ? "block" : "char", ...numbers };
}

function common(name: Uint8Array, stats: Stats) {
  const { mode, uid, gid, mtimeMs } = stats;
  return { name, mode: mode & 0o7777, uid, gid, mtime: Math.floor(mtimeMs / 1000) };
}

function whiteout(name: Uint8Array): TarEntry {
  return { name, type: "file", mode: 0, uid: 0, gid: 0, size: 0, mtime: 0 };
}

function isOpaque(place: Buffer): boolean {
  return readAttribute(place.toString(), opaqueAttribute)?.toString() === "y";
}

/** Small files are read within the call: most layers are mostly such. */
const smallBytes = 256 * 1024;

async function* packFile(place: Buffer, path: Buffer, stats: Stats, memory: Buffer): AsyncGenerator<Uint8Array> {
  const capability = (stats.mode & 0o111) === 0 ? undefined : readAttribute(place.toString(), capabilityAttribute);
  const attributes = capability && { [capabilityAttribute]: capability };
  yield encodeTarHeader({ ...common(path, stats), type: "file", size: stats.size, attributes });
  let packed = 0;
  const fd = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    for (;;) {
      const isSmall = stats.size <= smallBytes;
      const length = isSmall ? readSync(fd, memory) : (await readAsync(fd, memory, 0, memory.length, null)).bytesRead;
      if (length === 0) break;
      packed += length;
      yield memory.subarray(0, length);
      if (packed === stats.size) break;
    }
  } finally {
    closeSync(fd);
  }
  if (packed !== stats.size) throw new TdockError("internal", `${path.toString()} changed while it was packed`);
  yield tarPadding(stats.size);
}

const readAsync = promisify(read);
