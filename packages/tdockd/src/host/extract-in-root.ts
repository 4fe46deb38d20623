import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  futimesSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { posix } from "node:path";
import { restoreAttributes } from "./extended-attribute.ts";
import {
  deviceOfRun,
  extractFailure,
  inPlaceOfDestination,
  mountedOn,
  outsideOfDestination,
  wrongKind,
} from "./extract-error.ts";
import { LastFolder } from "./last-folder.ts";
import { isMountPoint, openInRoot, type PinnedPath } from "./path-in-root.ts";
import { makeSpecialFile } from "./special-file.ts";
import { errnoName } from "./system-error.ts";
import { readTar, type TarEntry } from "./tar-reader.ts";
import { untilAborted } from "./until-aborted.ts";

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
export async function extractInRoot({ destination, ...request }: ExtractRequest): Promise<void> {
  const { rootFd, bytes, signal } = request;
  // A folder's times and mode are set when nothing more is put into it.
  const folders: FolderEntry[] = [];
  using parents = new LastFolder(rootFd);
  const work = { ...request, destination: Buffer.from(destination).toString("latin1"), parents };
  try {
    for await (const entry of readTar(untilAborted(bytes, signal))) {
      const folder = await writeEntry(work, entry);
      if (folder !== undefined) folders.push(folder);
    }
    for (const folder of folders.reverse()) finishFolder(work, folder);
  } catch (thrown) {
    throw extractFailure(thrown, signal);
  }
}

/** Paths are latin1 here, one char per byte, as the archive's names are; `toBytes` makes them the kernel's again. */
interface Work extends ExtractRequest {
  readonly parents: LastFolder;
}

interface FolderEntry {
  readonly path: string;
  readonly entry: TarEntry;
}

function toBytes(path: string): Buffer {
  return Buffer.from(path, "latin1");
}

async function writeEntry(request: Work, entry: TarEntry): Promise<FolderEntry | undefined> {
  const path = placeOf(request, entry.name);
  if (entry.type === "5") {
    makeFolder(request, path);
    return { path, entry };
  }
  if (path === posix.join("/", request.destination)) throw inPlaceOfDestination(entry.name);
  const place = `${request.parents.open(posix.dirname(path)).path}/${posix.basename(path)}`;
  if (entry.type === "0") {
    await placeFile(request, place, entry);
    return undefined;
  }
  clearPlace(request, place, entry.name);
  switch (entry.type) {
    case "1":
      // Shares what its target has.
      linkTo(request, entry, place);
      return undefined;
    case "2":
      symlinkSync(toBytes(entry.linkName), toBytes(place));
      break;
    case "3":
    case "4":
    case "6":
      makeDevice(entry, place);
      break;
    default:
      return undefined;
  }
  finishNode(request, entry, place);
  return undefined;
}

/** The path in the root. Throws when the name leaves the destination. */
function placeOf({ destination }: Work, name: string): string {
  const relative = posix.normalize(name.replace(/^\/+/, ""));
  if (relative === ".." || relative.startsWith("../") || name.includes("\0")) {
    throw outsideOfDestination(name);
  }
  return posix.join("/", destination, relative).replace(/(.)\/$/, "$1");
}

function makeFolder(request: Work, path: string): void {
  if (path === "/" || path === posix.join("/", request.destination)) return;
  const place = `${request.parents.open(posix.dirname(path)).path}/${posix.basename(path)}`;
  const found = lstatSync(toBytes(place), { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found?.isSymbolicLink() && leadsToFolder(request, path)) return;
  if (found !== undefined) {
    if (request.keepKinds) throw wrongKind(path, "non-directory", "directory");
    removePlace(request, place, found);
  }
  mkdirSync(toBytes(place));
}

function leadsToFolder({ rootFd }: Work, path: string): boolean {
  try {
    using _folder = openInRoot(rootFd, toBytes(path), { flags: constants.O_RDONLY | constants.O_DIRECTORY });
    return true;
  } catch {
    return false;
  }
}

function clearPlace(request: Work, place: string, name: string): void {
  const found = lstatSync(toBytes(place), { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isDirectory() && request.keepKinds) throw wrongKind(name, "directory", "non-directory");
  removePlace(request, place, found);
}

function removePlace({ rootFd, parents }: Work, place: string, found: Stats): void {
  if (isMountPoint(toBytes(place))) throw mountedOn(posix.basename(place));
  const isDevice = found.isCharacterDevice() || found.isBlockDevice();
  // The root's own devices are files of the container; a folder, unlike a file, tells which file system it is of.
  if (isDevice && statSync(toBytes(posix.dirname(place))).dev !== fstatSync(rootFd).dev)
    throw deviceOfRun(posix.basename(place));
  rmSync(toBytes(place), { recursive: true });
  parents.distrust();
}

/** Almost always nothing is there: whether something is need not be asked first. */
function createFile(request: Work, place: string, name: string): number {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  try {
    return openSync(toBytes(place), flags, 0o600);
  } catch (error) {
    if (errnoName(error) !== "EEXIST") throw error;
  }
  clearPlace(request, place, name);
  return openSync(toBytes(place), flags, 0o600);
}

async function placeFile(request: Work, place: string, entry: TarEntry): Promise<void> {
  const fd = createFile(request, place, entry.name);
  try {
    for await (const chunk of entry.data) writeAll(fd, chunk);
    const { uid, gid } = request.owner ?? entry;
    fchownSync(fd, uid, gid);
    fchmodSync(fd, entry.mode);
    // A change of owner takes capabilities away.
    restoreAttributes(fd, entry.extended);
    futimesSync(fd, timeOf(entry), timeOf(entry));
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, chunk: Uint8Array): void {
  for (let written = 0; written < chunk.length; ) written += writeSync(fd, chunk, written);
}

/** To a file inside the destination; a link to what is not there fails. */
function linkTo(request: Work, { linkName }: TarEntry, place: string): void {
  const path = placeOf(request, linkName);
  using parent: PinnedPath = openInRoot(request.rootFd, toBytes(posix.dirname(path)));
  linkSync(toBytes(`${parent.path}/${posix.basename(path)}`), toBytes(place));
}

const kinds: Readonly<Record<string, "char" | "block" | "fifo">> = { 3: "char", 4: "block", 6: "fifo" };

function makeDevice({ type, mode, major, minor }: TarEntry, place: string): void {
  makeSpecialFile(toBytes(place), { kind: kinds[type] ?? "fifo", mode, major, minor });
}

/** A symbolic link has an owner and times only. */
function finishNode(request: Work, entry: TarEntry, place: string): void {
  const { uid, gid } = request.owner ?? entry;
  lchownSync(toBytes(place), uid, gid);
  lutimesSync(toBytes(place), timeOf(entry), timeOf(entry));
}

function finishFolder(request: Work, { path, entry }: FolderEntry): void {
  if (path === posix.join("/", request.destination)) return;
  const flags = constants.O_RDONLY | constants.O_DIRECTORY;
  using folder = openInRoot(request.rootFd, toBytes(path), { flags });
  const { uid, gid } = request.owner ?? entry;
  fchownSync(folder.fd, uid, gid);
  fchmodSync(folder.fd, entry.mode);
  futimesSync(folder.fd, timeOf(entry), timeOf(entry));
}

function timeOf({ mtimeMs }: TarEntry): Date {
  return new Date(mtimeMs);
}
