import { closeSync, constants, mkdirSync } from "node:fs";
import { posix } from "node:path";
import koffi from "koffi";
import { libc } from "./libc.ts";
import { errnoName, systemError } from "./system-error.ts";

const SYS_OPENAT2 = 437;
const RESOLVE_NO_XDEV = 0x01;
const RESOLVE_NO_MAGICLINKS = 0x02;
const RESOLVE_IN_ROOT = 0x10;
const AT_FDCWD = -100;
const O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
const EAGAIN = 11;
const endOfText = Buffer.from("\0");

/** An opened place inside a root. `path` leads to exactly that object, whatever names are changed meanwhile. */
export interface PinnedPath extends Disposable {
  readonly fd: number;
  /** `/proc/self/fd/N`: append one component at most, and never follow it when it may be a link. */
  readonly path: string;
}

export interface OpenInRootOptions {
  /** Flags of open(2), `O_PATH` unless told: a place to stand on, which neither reads nor wakes a FIFO or device. */
  readonly flags?: number;
  readonly mode?: number;
}

/** Names need not be UTF-8: then a path comes as its bytes. */
export type PathInRoot = string | Buffer;

/**
 * Opens `path` as a process would whose root is `root`: `..` and links, absolute ones too, end inside it, by the
 * kernel's word (openat2 with RESOLVE_IN_ROOT), also while names below are being swapped.
 * `root` is a trusted path, or the descriptor of an opened one. Throws `not-found`, `invalid-argument`…, reason errno.
 */
export function openInRoot(root: string | number, path: PathInRoot, options: OpenInRootOptions = {}): PinnedPath {
  const rootFd = typeof root === "number" ? root : openFolder(root);
  try {
    return pin(openat2(rootFd, path, options));
  } finally {
    if (typeof root !== "number") closeSync(rootFd);
  }
}

/**
 * Makes the folder `path` inside `root` with its parents, and opens it. Names that are links are followed inside the
 * root; a link that leads nowhere is `not-found`, a file in the way `ENOTDIR`.
 */
export function makeFolderInRoot(root: string | number, path: PathInRoot, mode = 0o755): PinnedPath {
  let place = openInRoot(root, "/");
  const rootFd = openInRoot(root, "/");
  // One char per byte, whatever the bytes mean.
  const text = Buffer.from(path as string).toString("latin1");
  try {
    const names: string[] = [];
    for (const name of text.split("/").filter((part) => part !== "" && part !== ".")) {
      names.push(name);
      const next = enterOrMake({ rootFd: rootFd.fd, parent: place, names, mode });
      place[Symbol.dispose]();
      place = next;
    }
    return place;
  } catch (error) {
    place[Symbol.dispose]();
    throw error;
  } finally {
    rootFd[Symbol.dispose]();
  }
}

/** Opens the file `path` inside `root`; a missing one is made, empty, with its folders. Links are followed inside the root. */
export function makeFileInRoot(root: string | number, path: string, mode = 0o644): PinnedPath {
  try {
    return openInRoot(root, path);
  } catch (error) {
    if (errnoName(error) !== "ENOENT") throw error;
  }
  makeFolderInRoot(root, posix.dirname(path))[Symbol.dispose]();
  openInRoot(root, path, { flags: constants.O_RDONLY | constants.O_CREAT, mode })[Symbol.dispose]();
  return openInRoot(root, path);
}

/**
 * Whether something is mounted on `place`, one component in a pinned folder. Of another mount namespace too: there the
 * kernel lets us remove a name that is mounted on, and with it the mount.
 */
export function isMountPoint(place: PathInRoot): boolean {
  const text = Buffer.from(place as string).toString("latin1");
  const folder = openFolder(posix.dirname(text));
  try {
    closeSync(
      openat2(
        folder,
        Buffer.from(posix.basename(text), "latin1"),
        { flags: O_PATH | constants.O_NOFOLLOW },
        RESOLVE_NO_XDEV,
      ),
    );
    return false;
  } catch (error) {
    return errnoName(error) === "EXDEV";
  } finally {
    closeSync(folder);
  }
}

interface Step {
  readonly rootFd: number;
  readonly parent: PinnedPath;
  /** Latin1: one char per byte. */
  readonly names: readonly string[];
  readonly mode: number;
}

/** Resolved from the root each time: a link's `..` means the root's, which only the kernel knows how to end. */
function enterOrMake({ rootFd, parent, names, mode }: Step): PinnedPath {
  const path = Buffer.from(names.join("/"), "latin1");
  try {
    return openInRoot(rootFd, path, { flags: O_PATH | constants.O_DIRECTORY });
  } catch (error) {
    if (errnoName(error) !== "ENOENT") throw error;
  }
  const name = names.at(-1) as string;
  if (name !== "..") mkdirSync(Buffer.from(`${parent.path}/${name}`, "latin1"), { mode });
  return openInRoot(rootFd, path, { flags: O_PATH | constants.O_DIRECTORY });
}

function openFolder(path: string): number {
  return openat2(AT_FDCWD, path, { flags: O_PATH | constants.O_DIRECTORY }, 0);
}

/** The kernel answers EAGAIN when a rename anywhere might have made its walk unsafe: try again. */
function openat2(
  dirfd: number,
  path: PathInRoot,
  { flags = O_PATH, mode = 0 }: OpenInRootOptions,
  resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
): number {
  const how = Buffer.alloc(24);
  how.writeBigUInt64LE(BigInt(flags | O_CLOEXEC), 0);
  how.writeBigUInt64LE(BigInt((flags & constants.O_CREAT) === 0 ? 0 : mode), 8);
  how.writeBigUInt64LE(BigInt(resolve), 16);
  const name = path.length === 0 ? "." : typeof path === "string" ? path : Buffer.concat([path, endOfText]);
  for (let attempt = 0; ; attempt += 1) {
    const fd = Number(libc.openat2(SYS_OPENAT2, dirfd, name, how, how.length));
    if (fd >= 0) return fd;
    const errno = koffi.errno();
    if (errno !== EAGAIN || attempt === 200) throw systemError(`open ${path}`, errno);
  }
}

function pin(fd: number): PinnedPath {
  return { fd, path: `/proc/self/fd/${fd}`, [Symbol.dispose]: () => closeSync(fd) };
}
