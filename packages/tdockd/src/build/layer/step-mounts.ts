import { release } from "node:os";
import type { Mount } from "@tdock/containerd/mount";

/**
 * The mounts of a writable root for somebody who only reads it. Besides being safer it is faster: when an overlay that
 * may be written is unmounted, the kernel syncs the whole file system below it.
 */
export function readOnlyMounts(mounts: readonly Mount[]): readonly Mount[] {
  return mounts.map((mount) => ({ ...mount, options: [...mount.options.filter((one) => one !== "rw"), "ro"] }));
}

/**
 * The mounts of a writable root for one process whose files need not be on the disk when it ends: whoever records what
 * it left syncs all of it at once. Without this the kernel syncs at the end, for each file that is changed first, and
 * whenever the process asks for it. A root that was mounted so must not be mounted for writing again.
 * Follows https://docs.kernel.org/filesystems/overlayfs.html#volatile-mount; as they are before Linux 5.10.
 */
export function volatileMounts(mounts: readonly Mount[], kernel = release()): readonly Mount[] {
  if (!knowsVolatile(kernel)) return mounts;
  return mounts.map((mount) =>
    mount.type === "overlay" ? { ...mount, options: [...mount.options, volatileOption] } : mount,
  );
}

export const volatileOption = "volatile";

function knowsVolatile(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split(".").map(Number);
  return major > 5 || (major === 5 && minor >= 10);
}
