import { posix } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { entriesIn } from "./entries-in.ts";
import type { FolderEntry, SourceTree, TreeEntry } from "./entry.ts";

/**
 * Files as COPY sees them: names and metadata in memory, bytes elsewhere. Paths are relative, slash-separated and
 * clean; the root is "". No path has a parent that is not a folder, so that none leads through a link.
 */
export class FileTree implements SourceTree {
  readonly isHashed = false;
  private readonly entries = new Map<string, TreeEntry>([["", rootFolder]]);
  private readonly names = new Map<string, Set<string>>([["", new Set()]]);

  get(path: string): TreeEntry | undefined {
    return this.entries.get(path);
  }

  /** Names in a folder, sorted. */
  list(folder: string): readonly string[] {
    return [...(this.names.get(folder) ?? [])].sort();
  }

  children(folder: string): Iterable<readonly [string, TreeEntry]> {
    return entriesIn(this, folder);
  }

  /** Every entry but the root, in no particular order. */
  all(): Iterable<readonly [string, TreeEntry]> {
    return this.entries.entries().filter(([path]) => path !== "");
  }

  /**
   * Adds an entry, or replaces one; missing folders above it are made. A folder that is replaced by something else
   * loses what is in it. Throws `invalid-argument` when a parent is no folder.
   */
  set(path: string, entry: TreeEntry): void {
    if (path === "") {
      if (entry.kind === "folder") this.entries.set("", entry);
      return;
    }
    const parent = parentOf(path);
    const above = this.entries.get(parent);
    if (above === undefined) this.set(parent, rootFolder);
    else if (above.kind !== "folder") {
      throw new TdockError("invalid-argument", `${path}: ${parent} is a ${above.kind}, not a folder`);
    }
    if (entry.kind === "folder") {
      if (!this.names.has(path)) this.names.set(path, new Set());
    } else this.removeChildren(path);
    this.entries.set(path, entry);
    this.names.get(parent)?.add(nameOf(path));
  }

  /** Removes an entry and what is below it. */
  delete(path: string): void {
    this.removeChildren(path);
    this.entries.delete(path);
    this.names.get(parentOf(path))?.delete(nameOf(path));
  }

  private removeChildren(path: string): void {
    for (const name of this.names.get(path) ?? []) {
      const child = `${path}/${name}`;
      this.removeChildren(child);
      this.entries.delete(child);
    }
    this.names.delete(path);
  }
}

/** A folder of which nothing is known. */
export const rootFolder: FolderEntry = { kind: "folder", mode: 0o755, uid: 0, gid: 0, mtime: 0 };

/** Of a clean path; "" of a name alone. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** The last part of a clean path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** An empty part, `.` or `..` of a path, or a NUL. Nearly no name has one, and the rest is as it should be. */
const unclean = /(?:^|\/)\.{0,2}(?:\/|$)|\0/;

/**
 * An archive's name as a tree's path. Throws `forbidden` for one that leads outside, whatever it is hidden behind.
 */
export function treePath(name: string): string {
  if (!unclean.test(name)) return name;
  const clean = posix.normalize(`./${name.replace(/^\/+/, "")}`).replace(/\/+$/, "");
  if (clean === ".." || clean.startsWith("../")) {
    throw new TdockError("forbidden", `forbidden path outside the build context: ${name}`);
  }
  if (name.includes("\0")) throw new TdockError("invalid-argument", "a name in an archive holds a NUL");
  return clean === "." ? "" : clean;
}
