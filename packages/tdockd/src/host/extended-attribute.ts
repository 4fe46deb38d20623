import { check, cPath, libc } from "./libc.ts";
import { errnoName } from "./system-error.ts";

/** Files' capabilities as the kernel keeps them (`setcap`). */
export const capabilityAttribute = "security.capability";
/** On a folder of an overlay's upper side: nothing below shows through. */
export const opaqueAttribute = "trusted.overlay.opaque";

/**
 * An extended attribute of at most 4 KiB, of the file itself, never of what a link leads to; `undefined` when there
 * is none or the file system knows no attributes.
 */
export function readAttribute(path: string | Buffer, name: string): Buffer | undefined {
  const value = Buffer.alloc(4096);
  const size = Number(libc.lgetxattr(cPath(path), name, value, value.length));
  return size < 0 ? undefined : value.subarray(0, size);
}

/** Sets an extended attribute of the file itself. Throws the kernel's error. */
export function writeAttribute(path: string | Buffer, name: string, value: Uint8Array): void {
  check(libc.lsetxattr(cPath(path), name, value, value.length, 0), `set ${name} of ${path}`);
}

/**
 * Sets those of an archive's attributes on an opened file that are its own affair: capabilities, and what users note
 * down. Values are latin1, one char per byte. What the file system has no place for is left out, as by Docker.
 */
export function restoreAttributes(fd: number, attributes: ReadonlyMap<string, string>): void {
  for (const [name, text] of attributes) {
    if (name !== capabilityAttribute && !name.startsWith("user.")) continue;
    const value = Buffer.from(text, "latin1");
    try {
      check(libc.fsetxattr(fd, name, value, value.length, 0), `set ${name}`);
    } catch (thrown) {
      if (!["EOPNOTSUPP", "ENOTSUP", "EPERM"].includes(errnoName(thrown) ?? "")) throw thrown;
    }
  }
}
