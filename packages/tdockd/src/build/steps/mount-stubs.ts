import { lstatSync, rmdirSync, unlinkSync } from "node:fs";
import { posix } from "node:path";
import { opaqueAttribute, readAttribute } from "../../host/extended-attribute.ts";
import { openInRoot } from "../../host/path-in-root.ts";
import { errnoName } from "../../host/system-error.ts";

/** Metadata that a folder had before a step. */
interface FolderBefore {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** What runc makes in a root to mount upon, because it was missing. */
export interface MountStubs {
  /** Paths that did not exist, the deepest first. */
  readonly missing: readonly string[];
  /** Folders above them that did. */
  readonly touched: ReadonlyMap<string, FolderBefore>;
}

/** Where the runtime mounts in every container. */
const systemTargets = ["/dev", "/proc", "/sys"];

/** Notes which of `targets` a mounted root lacks, before the step's process starts. */
export function findMountStubs(root: string, targets: readonly string[]): MountStubs {
  const missing = new Set<string>();
  const touched = new Map<string, FolderBefore>();
  for (const target of [...systemTargets, ...targets]) {
    for (let path = posix.normalize(target); path !== "/"; path = posix.dirname(path)) {
      const before = lookUp(root, path);
      if (before === undefined) {
        missing.add(path);
        touch(root, posix.dirname(path), touched);
      }
    }
  }
  return { missing: [...missing].sort((one, other) => other.length - one.length), touched };
}

function touch(root: string, path: string, touched: Map<string, FolderBefore>): void {
  const before = path === "/" ? undefined : lookUp(root, path);
  if (before !== undefined) touched.set(path, before);
}

function lookUp(root: string, path: string): FolderBefore | undefined {
  try {
    using parent = openInRoot(root, posix.dirname(path));
    const { mode, uid, gid } = lstatSync(`${parent.path}/${posix.basename(path)}`);
    return { mode, uid, gid };
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errnoName(error) ?? "")) return undefined;
    throw error;
  }
}

/**
 * Takes the stubs out of the layer that a step wrote. Only what is still an empty file or folder goes, and every
 * name is resolved inside the layer by the kernel: a step that put links in the way gains nothing (CVE-2024-23652).
 * A folder that the layer holds for the stub's sake alone goes too, so that a step that changed nothing leaves an
 * empty layer.
 */
export function removeMountStubs(upper: string, { missing, touched }: MountStubs): void {
  for (const path of missing) removeIfEmpty(upper, path, undefined);
  const deepestFirst = [...touched].sort(([one], [other]) => other.length - one.length);
  for (const [path, before] of deepestFirst) removeIfEmpty(upper, path, before);
}

function removeIfEmpty(upper: string, path: string, like: FolderBefore | undefined): void {
  try {
    using parent = openInRoot(upper, posix.dirname(path));
    const place = `${parent.path}/${posix.basename(path)}`;
    const found = lstatSync(place);
    if (found.isDirectory() && readAttribute(place, opaqueAttribute) !== undefined) return; // it hides what is below
    if (like !== undefined && (found.mode !== like.mode || found.uid !== like.uid || found.gid !== like.gid)) return;
    if (found.isDirectory()) rmdirSync(place);
    else if (like === undefined && found.isFile() && found.size === 0) unlinkSync(place);
  } catch (error) {
    const code = errnoName(error) ?? "";
    if (!["ENOENT", "ENOTDIR", "ELOOP", "ENOTEMPTY", "EEXIST"].includes(code)) throw error;
  }
}
