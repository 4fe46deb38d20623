import { mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import type { Containerd } from "@tdock/containerd/connect";
import type { Mount } from "@tdock/containerd/mount";
import { isError } from "@tdock/errors/error";
import { bindMount, mountFileSystem, unmount } from "../host/mount.ts";
import { errnoName } from "../host/system-error.ts";

/** Snapshots of ours carry this, or containerd's collector would take them: no record of its own refers to them. */
const keepLabel = { "containerd.io/gc.root": "1" };

/** Makes the writable root of a container over its image's top layer ("" for none). Resolves to its mounts. */
export async function prepareRootfs(
  { snapshots }: Pick<Containerd, "snapshots">,
  snapshot: { readonly key: string; readonly parent: string },
): Promise<readonly Mount[]> {
  const { key, parent } = snapshot;
  return snapshots.prepare({ key, ...(parent !== "" && { parent }), labels: keepLabel });
}

/** Removes a root and what is in it. Does nothing when it is gone. */
export async function removeRootfs({ snapshots }: Pick<Containerd, "snapshots">, key: string): Promise<void> {
  try {
    await snapshots.remove(key);
  } catch (thrown) {
    if (!isError(thrown, "not-found")) throw thrown;
  }
}

/**
 * Mounts a root at `<folder>/<name>` for as long as `use` runs. `use` gets the mount point: a trusted path, below
 * which nothing may be trusted. Read-only unless the root itself is to be written.
 */
export async function withMountedRootfs<T>(
  mounts: readonly Mount[],
  place: { readonly folder: string; readonly name: string },
  use: (root: string) => T | Promise<T>,
): Promise<T> {
  const root = join(place.folder, place.name);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  try {
    mountAll(mounts, root);
    return await use(root);
  } finally {
    unmount(root, { lazy: true });
    removeMountPoint(root);
  }
}

/** Whoever has bound a folder around it elsewhere meanwhile keeps it busy: it is left for the next time, then. */
export function removeMountPoint(root: string): void {
  try {
    rmdirSync(root);
  } catch (thrown) {
    if (!["EBUSY", "ENOTEMPTY"].includes(errnoName(thrown) ?? "")) throw thrown;
  }
}

/** Mounts a snapshot's mounts at `root`, an empty folder. */
export function mountAll(mounts: readonly Mount[], root: string): void {
  for (const { type, source, options } of mounts) {
    if (type === "bind") {
      bindMount(source, root, { recursive: options.includes("rbind"), readOnly: options.includes("ro") });
      continue;
    }
    const flags = options.includes("ro") ? (["ro"] as const) : [];
    const data = options.filter((option) => option !== "ro" && option !== "rw").join(",");
    mountFileSystem({ type, source, target: root, data, flags });
  }
}
