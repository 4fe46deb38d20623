import type { ListedEntry } from "@tdock/api/context-listing";
import { TdockError } from "@tdock/errors/error";
import type { SourceTree, TreeEntry } from "../tree/entry.ts";
import { nameOf, parentOf, rootFolder, treePath } from "../tree/file-tree.ts";
import { joinPath } from "../tree/resolve.ts";
import type { LineRange } from "./lines-of.ts";
import type { ListedFiles } from "./listed-files.ts";

/**
 * The tree of some lines of a listing. Of each entry only the number of its line is kept: there may be very many. No
 * path has a parent that is not a folder.
 */
export class ListedTree implements SourceTree {
  readonly isHashed = true;
  private readonly files: ListedFiles;
  private readonly folders = new Map<string, Folder>();

  /** Throws `invalid-argument` for a path below something that is no folder, `forbidden` for one that leads outside. */
  constructor(files: ListedFiles, ranges: readonly LineRange[]) {
    this.files = files;
    this.folders.set("", { own: noLine, lines: [], implied: [] });
    for (const { from, to } of ranges) for (let line = from; line < to; line++) this.add(line);
    this.implyFolders();
    for (const path of this.folders.keys()) this.sort(path);
  }

  get(path: string): TreeEntry | undefined {
    const folder = this.folders.get(path);
    if (folder !== undefined) return folder.own === noLine ? rootFolder : this.entryAt(folder.own);
    const line = this.lineOf(path);
    return line === undefined ? undefined : this.entryAt(line);
  }

  list(folder: string): readonly string[] {
    const { lines = [], implied = [] } = this.folders.get(folder) ?? {};
    const names = [...lines].map((line) => this.nameAt(line, folder));
    return implied.length === 0 ? names : [...names, ...implied].sort();
  }

  *children(folder: string): Generator<readonly [string, TreeEntry]> {
    const { lines = [], implied = [] } = this.folders.get(folder) ?? {};
    let next = 0;
    for (const line of lines) {
      const name = this.nameAt(line, folder);
      for (; (implied[next] ?? name) < name; next++) yield [implied[next] as string, rootFolder];
      yield [name, this.entryAt(line)];
    }
    for (const name of implied.slice(next)) yield [name, rootFolder];
  }

  private add(line: number): void {
    const { listing } = this.files;
    const kind = listing.kindOf(line);
    if (kind !== "f" && kind !== "d" && kind !== "l") return;
    const path = listing.pathOf(line);
    if (treePath(path) !== path) throw new TdockError("invalid-argument", `not a path in a build context: ${path}`);
    (this.folder(parentOf(path)).lines as number[]).push(line);
    if (kind === "d") this.folder(path).own = line;
  }

  private folder(path: string): Folder {
    let folder = this.folders.get(path);
    if (folder === undefined) {
      folder = { own: noLine, lines: [], implied: [] };
      this.folders.set(path, folder);
    }
    return folder;
  }

  /** Folders that are not listed, though something in them is. */
  private implyFolders(): void {
    for (const [path, { own }] of this.folders) {
      if (own === noLine && path !== "") this.folder(parentOf(path)).implied.push(nameOf(path));
    }
  }

  /** What is listed twice counts once. */
  private sort(path: string): void {
    const folder = this.folders.get(path) as Folder;
    const named = [...folder.lines].map((line) => ({ line, name: this.nameAt(line, path) }));
    if (named.some(({ name }, at) => at > 0 && name <= (named[at - 1]?.name ?? ""))) {
      named.sort((one, other) => (one.name < other.name ? -1 : 1));
    }
    folder.implied.sort();
    const isAgain = (at: number) => named[at]?.name === named[at + 1]?.name;
    for (const [at, { name, line }] of named.entries()) {
      if (isAgain(at) || isAgain(at - 1) || folder.implied.includes(name)) this.checkFolder(joinPath(path, name), line);
    }
    folder.lines = Uint32Array.from(
      named.filter((_, at) => !isAgain(at)),
      ({ line }) => line,
    );
  }

  private checkFolder(path: string, line: number): void {
    const kind = this.files.listing.kindOf(line);
    if (!this.folders.has(path) || kind === "d") return;
    throw new TdockError("invalid-argument", `${path} is a ${kind === "l" ? "link" : "file"}, not a folder`);
  }

  private nameAt(line: number, folder: string): string {
    return this.files.listing.pathOf(line).slice(folder === "" ? 0 : folder.length + 1);
  }

  private lineOf(path: string): number | undefined {
    const folder = parentOf(path);
    const name = nameOf(path);
    const lines = this.folders.get(folder)?.lines ?? [];
    let low = 0;
    for (let high = lines.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.nameAt(lines[middle] as number, folder) < name) low = middle + 1;
      else high = middle;
    }
    const line = lines[low];
    return line !== undefined && this.nameAt(line, folder) === name ? line : undefined;
  }

  private entryAt(line: number): TreeEntry {
    return treeEntry(this.files, this.files.listing.entryAt(line) as ListedEntry, line);
  }
}

interface Folder {
  /** The line that tells the folder itself. */
  own: number;
  /** Of what is listed in it, sorted by name. */
  lines: number[] | Uint32Array;
  /** Names of folders in it that are not listed themselves. */
  readonly implied: string[];
}

const noLine = -1;

function treeEntry({ fileAt, folder }: ListedFiles, listed: ListedEntry, line: number): TreeEntry {
  const { mtime } = listed;
  const mode = listed.mode & 0o7777;
  if (listed.kind === "d") return { kind: "folder", mode, uid: 0, gid: 0, mtime };
  if (listed.kind === "l") return { kind: "link", mode: 0o777, uid: 0, gid: 0, mtime, target: listed.target };
  const file = fileAt(line);
  if (file === undefined) throw new TdockError("invalid-argument", `${listed.path} was not sent`);
  const { size = listed.size, digest, name } = file;
  return { kind: "file", mode, uid: 0, gid: 0, mtime, size, digest, content: `${folder}/${name}` };
}
