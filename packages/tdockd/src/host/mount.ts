import { check, libc } from "./libc.ts";
import { mountsUnder } from "./mount-table.ts";
import { errnoName } from "./system-error.ts";

const MS_RDONLY = 1;
const MS_NOSUID = 2;
const MS_NODEV = 4;
const MS_NOEXEC = 8;
const MS_REMOUNT = 32;
const MS_BIND = 4096;
const MS_REC = 16384;
const MS_PRIVATE = 1 << 18;
const MS_SLAVE = 1 << 19;
const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;

export interface BindOptions {
  readonly recursive?: boolean;
  readonly readOnly?: boolean;
  /** `slave`: what is mounted in the source later is seen too. Only where a mount says that it can. */
  readonly propagation?: "private" | "slave";
}

export interface FileSystemMount {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  /** Options of the file system, comma-separated, as its `data`. */
  readonly data?: string;
  /** Flags among `ro nosuid nodev noexec`. */
  readonly flags?: readonly ("ro" | "nosuid" | "nodev" | "noexec")[];
}

export const propagationBits = { private: MS_PRIVATE, slave: MS_SLAVE } as const;

const flagBits = { ro: MS_RDONLY, nosuid: MS_NOSUID, nodev: MS_NODEV, noexec: MS_NOEXEC } as const;

/** Mounts a file system. Throws the kernel's error, its name as the reason. */
export function mountFileSystem({ type, source, target, data, flags = [] }: FileSystemMount): void {
  const bits = flags.reduce((sum, flag) => sum | flagBits[flag], 0);
  check(libc.mount(source, target, type, bits, data ?? null), `mount ${type} ${source} on ${target}`);
}

/**
 * Shows `source` at `target` too, which must exist and be of the same kind. Neither end follows later changes of the
 * other's mounts. Pass `/proc/self/fd/N` as source to mount exactly what was opened.
 */
export function bindMount(source: string, target: string, { recursive, readOnly }: BindOptions = {}): void {
  const rec = recursive === true ? MS_REC : 0;
  check(libc.mount(source, target, null, MS_BIND | rec, null), `bind ${source} on ${target}`);
  check(libc.mount(null, target, null, MS_PRIVATE | rec, null), `make ${target} private`);
  if (readOnly === true) makeReadOnly(target);
}

/** Lets nobody write through the mount at `target`; others of the same file system stay as they are. */
export function makeReadOnly(target: string): void {
  const flags = MS_BIND | MS_REMOUNT | MS_RDONLY;
  check(libc.mount(null, target, null, flags, null), `remount ${target} read-only`);
}

/** Mounts `path` on itself as a private mount, so that nothing mounted below it is seen elsewhere. Idempotent. */
export function makePrivateMount(path: string): void {
  if (!mountsUnder(path).some(({ target }) => target === path)) bindMount(path, path, { recursive: true });
  check(libc.mount(null, path, null, MS_PRIVATE, null), `make ${path} private`);
}

/**
 * Takes `target` and what is mounted below it out of the groups that they share mounts with, or leaves them to follow
 * those. A mount that is made below a shared one becomes shared itself: to be called after it was made.
 */
export function setPropagation(target: string, propagation: "private" | "slave"): void {
  check(libc.mount(null, target, null, MS_REC | propagationBits[propagation], null), `make ${target} ${propagation}`);
}

/**
 * Unmounts what is mounted last on `target`; answers whether there was anything. With `lazy`, a mount that is in use
 * disappears from the tree at once and is freed when its last user ends; without, EBUSY is thrown.
 */
export function unmount(target: string, { lazy = false }: { lazy?: boolean } = {}): boolean {
  try {
    check(libc.umount2(target, UMOUNT_NOFOLLOW | (lazy ? MNT_DETACH : 0)), `unmount ${target}`);
    return true;
  } catch (error) {
    if (errnoName(error) === "EINVAL" || errnoName(error) === "ENOENT") return false;
    throw error;
  }
}

/** Unmounts everything at and below a folder, deepest first. */
export function unmountAll(folder: string): void {
  for (const { target } of mountsUnder(folder)) unmount(target, { lazy: true });
}
