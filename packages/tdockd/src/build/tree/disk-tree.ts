import { lstatSync } from "node:fs";
import { diskName } from "@tdock/api/name-text";
import { capabilityAttribute, readAttribute } from "../../host/extended-attribute.ts";
import { linkTextOf, namesIn } from "../../host/name-text.ts";
import { numbersOf } from "../../host/special-file.ts";
import { entriesIn } from "./entries-in.ts";
import type { SourceTree, TreeEntry } from "./entry.ts";

/**
 * A root on disk as a source. The root must be a mount that nothing writes to while it is read, and paths must come
 * from `resolvePath` or from listing folders found by it, so that no component of them is a link.
 */
export class DiskTree implements SourceTree {
  readonly isHashed = false;
  private readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  get(path: string): TreeEntry | undefined {
    const place = `${this.root}/${path}`;
    const found = lstatSync(diskName(place), { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    const common = { mode: found.mode & 0o7777, uid: found.uid, gid: found.gid, mtime: found.mtimeMs / 1000 };
    if (found.isFile()) {
      const capability = (found.mode & 0o111) === 0 ? undefined : readAttribute(diskName(place), capabilityAttribute);
      const inode = found.nlink > 1 ? `${found.dev}:${found.ino}` : undefined;
      return { kind: "file", ...common, size: found.size, digest: undefined, content: place, inode, capability };
    }
    if (found.isDirectory()) return { kind: "folder", ...common };
    if (found.isSymbolicLink()) return { kind: "link", ...common, target: linkTextOf(place) };
    if (found.isSocket()) return undefined;
    const kind = found.isFIFO() ? "fifo" : found.isBlockDevice() ? "block" : "char";
    return { kind, ...common, ...numbersOf(found.rdev) };
  }

  list(folder: string): readonly string[] {
    return namesIn(`${this.root}/${folder}`).sort();
  }

  children(folder: string): Iterable<readonly [string, TreeEntry]> {
    return entriesIn(this, folder);
  }
}
