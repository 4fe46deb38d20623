import { closeSync } from "node:fs";
import { check, libc } from "./libc.ts";
import { type BindOptions, propagationBits } from "./mount.ts";
import type { PinnedPath } from "./path-in-root.ts";

const SYS_OPEN_TREE = 428;
const SYS_MOVE_MOUNT = 429;
const SYS_MOUNT_SETATTR = 442;
const AT_FDCWD = -100;
const AT_EMPTY_PATH = 0x1000;
const AT_RECURSIVE = 0x8000;
const OPEN_TREE_CLONE = 1;
const O_CLOEXEC = 0o2000000;
const MOVE_MOUNT_BETWEEN_DESCRIPTORS = 0x04 | 0x40;
const MOUNT_ATTR_RDONLY = 1;
const MOUNT_ATTR_IDMAP = 0x100000;

export interface BindOntoOptions extends BindOptions {
  /** Descriptor of the user namespace by whose maps the owners of files are seen and stored. */
  readonly idMapFd?: number;
}

/**
 * As `bindMount`, onto a place that was opened: no name can lead the mount elsewhere, whatever is swapped meanwhile.
 * mount(2) could not finish the work there: a descriptor goes on to mean what the mount hides. Needs Linux 5.12.
 */
export function bindMountOnto(source: string, target: PinnedPath, options: BindOntoOptions = {}): void {
  const { recursive, readOnly, propagation = "private", idMapFd } = options;
  const below = recursive === true ? AT_RECURSIVE : 0;
  const copy = check(
    Number(libc.openTree(SYS_OPEN_TREE, AT_FDCWD, source, OPEN_TREE_CLONE | O_CLOEXEC | below)),
    `copy the mount of ${source}`,
  );
  try {
    const attributes = Buffer.alloc(32);
    const set = (readOnly === true ? MOUNT_ATTR_RDONLY : 0) | (idMapFd === undefined ? 0 : MOUNT_ATTR_IDMAP);
    attributes.writeBigUInt64LE(BigInt(set), 0);
    attributes.writeBigUInt64LE(BigInt(propagationBits[propagation]), 16);
    attributes.writeBigUInt64LE(BigInt(idMapFd ?? 0), 24);
    const flags = AT_EMPTY_PATH | below;
    check(
      Number(libc.mountSetattr(SYS_MOUNT_SETATTR, copy, "", flags, attributes, attributes.length)),
      `make the mount of ${source} ${propagation}`,
    );
    check(
      Number(libc.moveMount(SYS_MOVE_MOUNT, copy, "", target.fd, "", MOVE_MOUNT_BETWEEN_DESCRIPTORS)),
      `mount ${source}`,
    );
  } finally {
    closeSync(copy);
  }
}
