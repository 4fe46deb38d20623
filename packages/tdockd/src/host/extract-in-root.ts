import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { TdockError } from "@tdock/errors/error";
import { type Extract, extract as extractTar, type Header } from "tar-stream";
import { asExtractError, inPlaceOfDestination, mountedOn, outsideOfDestination, wrongKind } from "./extract-error.ts";
import { LastFolder } from "./last-folder.ts";
import { isMountPoint, openInRoot, type PinnedPath } from "./path-in-root.ts";
import { makeSpecialFile } from "./special-file.ts";
import { errnoName } from "./system-error.ts";

type Entry = Extract extends AsyncIterable<infer E> ? E : never;

export interface ExtractRequest {
  /** Descriptor of the root that everything stays in. */
  readonly rootFd: number;
  /** Folder in it that the names of the archive count from. */
  readonly destination: string;
  /** A plain tar archive. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Refuse to put a file in a folder's place and the other way round. */
  readonly keepKinds: boolean;
  /** Owner of everything, instead of what the archive says. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  readonly signal: AbortSignal;
}

/**
 * Writes an archive that nobody vouches for into a root that may be changing under our feet: each entry's folder is
 * found by the kernel inside the root, and the entry is made in the folder that was opened, never through a link.
 * Throws `invalid-argument` for what is no archive, or names a place outside of the destination; `forbidden` on a
 * read-only file system; `canceled`. What was written until then stays.
 */
export async function extractInRoot(request: ExtractRequest): Promise<void> {
  const extract = extractTar();
  const feeding = pipeline(request.bytes, extract, { signal: request.signal });
  feeding.catch(() => {});
  // A folder's times and mode are set when nothing more is put into it.
  const folders: FolderEntry[] = [];
  using parents = new LastFolder(request.rootFd);
  try {
    for await (const entry of extract) {
      const folder = await writeEntry({ ...request, parents }, entry);
      if (folder !== undefined) folders.push(folder);
    }
    for (const folder of folders.reverse()) finishFolder(request, folder);
  } catch (thrown) {
    extract.destroy();
    if (request.signal.aborted) throw TdockError.from(request.signal.reason);
    throw asExtractError(thrown);
  }
}

interface Work extends ExtractRequest {
  readonly parents: LastFolder;
}

interface FolderEntry {
  readonly path: string;
  readonly header: Header;
}

async function writeEntry(request: Work, entry: Entry): Promise<FolderEntry | undefined> {
  const { header } = entry;
  const path = placeOf(request, header.name);
  if (header.type === "directory") {
    entry.resume();
    makeFolder(request, path);
    return { path, header };
  }
  if (path === posix.join("/", request.destination)) throw inPlaceOfDestination(header.name);
  const place = `${request.parents.open(posix.dirname(path)).path}/${posix.basename(path)}`;
  if (header.type === "file" || header.type === "contiguous-file") {
    await placeFile(request, place, entry);
    return undefined;
  }
  clearPlace(request, place, header.name);
  switch (header.type) {
    case "symlink":
      symlinkSync(header.linkname ?? "", place);
      break;
    case "link":
      linkTo(request, header, place);
      break;
    case "fifo":
    case "character-device":
    case "block-device":
      makeDevice(header, place);
      break;
    default:
      entry.resume();
      return undefined;
  }
  entry.resume();
  finishNode(request, header, place);
  return undefined;
}

/** The path in the root. Throws when the name leaves the destination. */
function placeOf({ destination }: ExtractRequest, name: string): string {
  const relative = posix.normalize(name.replace(/^\/+/, ""));
  if (relative === ".." || relative.startsWith("../") || name.includes("\0")) {
    throw outsideOfDestination(name);
  }
  return posix.join("/", destination, relative).replace(/(.)\/$/, "$1");
}

function makeFolder(request: Work, path: string): void {
  if (path === "/" || path === posix.join("/", request.destination)) return;
  const place = `${request.parents.open(posix.dirname(path)).path}/${posix.basename(path)}`;
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found?.isSymbolicLink() && leadsToFolder(request, path)) return;
  if (found !== undefined) {
    if (request.keepKinds) throw wrongKind(path, "non-directory", "directory");
    removePlace(request, place);
  }
  mkdirSync(place);
}

function leadsToFolder({ rootFd }: ExtractRequest, path: string): boolean {
  try {
    using _folder = openInRoot(rootFd, path, { flags: constants.O_RDONLY | constants.O_DIRECTORY });
    return true;
  } catch {
    return false;
  }
}

function clearPlace(request: Work, place: string, name: string): void {
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isDirectory() && request.keepKinds) throw wrongKind(name, "directory", "non-directory");
  removePlace(request, place);
}

function removePlace({ parents }: Work, place: string): void {
  if (isMountPoint(place)) throw mountedOn(posix.basename(place));
  rmSync(place, { recursive: true });
  parents.distrust();
}

/** Almost always nothing is there: whether something is need not be asked first. */
function createFile(request: Work, place: string, name: string): number {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  try {
    return openSync(place, flags, 0o600);
  } catch (error) {
    if (errnoName(error) !== "EEXIST") throw error;
  }
  clearPlace(request, place, name);
  return openSync(place, flags, 0o600);
}

async function placeFile(request: Work, place: string, entry: Entry): Promise<void> {
  const fd = createFile(request, place, entry.header.name);
  try {
    for await (const chunk of entry as unknown as AsyncIterable<Uint8Array>) writeAll(fd, chunk);
    const { uid, gid } = ownerOf(request, entry.header);
    fchownSync(fd, uid, gid);
    fchmodSync(fd, modeOf(entry.header));
    const time = timeOf(entry.header);
    futimesSync(fd, time, time);
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, chunk: Uint8Array): void {
  for (let written = 0; written < chunk.length; ) written += writeSync(fd, chunk, written);
}

/** To a file inside the destination; a link to what is not there fails. */
function linkTo(request: ExtractRequest, header: Header, place: string): void {
  const path = placeOf(request, header.linkname ?? "");
  using parent: PinnedPath = openInRoot(request.rootFd, posix.dirname(path));
  linkSync(`${parent.path}/${posix.basename(path)}`, place);
}

function makeDevice(header: Header, place: string): void {
  const kind = header.type === "fifo" ? "fifo" : header.type === "block-device" ? "block" : "char";
  makeSpecialFile(place, { kind, mode: modeOf(header), major: header.devmajor ?? 0, minor: header.devminor ?? 0 });
}

/** A hard link shares what its target has; a symbolic link has an owner and times only. */
function finishNode(request: ExtractRequest, header: Header, place: string): void {
  if (header.type === "link") return;
  const { uid, gid } = ownerOf(request, header);
  lchownSync(place, uid, gid);
  const time = timeOf(header);
  lutimesSync(place, time, time);
}

function finishFolder(request: ExtractRequest, { path, header }: FolderEntry): void {
  if (path === posix.join("/", request.destination)) return;
  using folder = openInRoot(request.rootFd, path, { flags: constants.O_RDONLY | constants.O_DIRECTORY });
  const { uid, gid } = ownerOf(request, header);
  fchownSync(folder.fd, uid, gid);
  fchmodSync(folder.fd, modeOf(header));
  const time = timeOf(header);
  futimesSync(folder.fd, time, time);
}

function ownerOf({ owner }: ExtractRequest, header: Header) {
  const records = (header.pax ?? {}) as Readonly<Record<string, string>>;
  return owner ?? { uid: idOf(records.uid, header.uid), gid: idOf(records.gid, header.gid) };
}

const mostId = 2 ** 32 - 1;

/** What is over 2,097,151 stands in a record of its own: the header cannot hold it. */
function idOf(record: string | undefined, inHeader = 0): number {
  return record !== undefined && /^\d+$/.test(record) && Number(record) <= mostId ? Number(record) : inHeader;
}

function modeOf(header: Header): number {
  return (header.mode ?? 0o644) & 0o7777;
}

function timeOf(header: Header): Date {
  return header.mtime ?? new Date(0);
}
