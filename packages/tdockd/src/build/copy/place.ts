import { posix } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { FolderEntry, SourceTree, TreeEntry } from "../tree/entry.ts";
import { joinPath, resolvePath } from "../tree/resolve.ts";
import type { Entries } from "../tree/walk-tree.ts";
import type { Selected } from "./select.ts";

/** What a layer will hold: paths without a leading slash, parents before children. */
export type Placement = Map<string, TreeEntry>;

export interface PlaceOptions {
  /** Absolute; ends with a slash when it must be a folder. */
  readonly destination: string;
  /** `--link`: the destination is not looked at, so links below it are not followed. */
  readonly link: boolean;
  /** Seconds since 1970 that folders made on the way get. */
  readonly now: number;
  /** Permissions of a folder that is made to take the contents of another; default 755. */
  readonly folderMode?: number | undefined;
  /** Owner of folders made on the way. */
  readonly owner: { readonly uid: number; readonly gid: number };
  /** What has to be shown as the reason: `COPY` or `ADD`. */
  readonly instruction: string;
  /** An archive's folders may take the place of files and links, a copy's may not. */
  readonly replaceFiles: boolean;
}

/**
 * Decides where each selected thing goes over `lower`, the file system so far, and adds it to `placement`.
 * Changes nothing on disk. Throws `invalid-argument` where a file would replace a folder or the other way round.
 */
export function place(
  lower: SourceTree,
  selected: readonly Selected[],
  options: PlaceOptions,
  placement: Placement,
): void {
  const view = new View(lower, placement, options);
  const folder = options.destination.endsWith("/");
  if (selected.length > 1 && !folder && !view.isFolder(view.destination(options.destination))) {
    const problem = `when using ${options.instruction} with more than one source file, the destination must be a directory`;
    throw new TdockError("invalid-argument", `${problem} and end with a /`);
  }
  for (const one of selected) placeOne(view, one, options);
}

/**
 * The same for one folder whose contents are walked whole: gives what the layer will hold without listing it, as there
 * may be very much.
 */
export function placeFolder(lower: SourceTree, { root, entries }: Selected, options: PlaceOptions): Entries {
  const placement: Placement = new Map();
  const view = new View(lower, placement, options);
  const target = view.destination(options.destination);
  const isNew = view.get(target) === undefined;
  placeOne(view, { name: "", root, entries: [], source: "" }, options);
  if (!isNew) for (const [path, entry] of entries) view.check(joinPath(target, path), entry);
  return { [Symbol.iterator]: () => placedBelow(placement, target, entries) };
}

function* placedBelow(placement: Placement, target: string, entries: Entries) {
  yield* placement;
  for (const [path, entry] of entries) yield [joinPath(target, path), entry] as const;
}

function placeOne(view: View, { name, root, entries }: Selected, options: PlaceOptions): void {
  const wanted = view.destination(options.destination);
  if (root.kind !== "folder") {
    const below = options.destination.endsWith("/") || view.isFolder(wanted);
    view.put(below ? joinPath(wanted, name) : wanted, root);
    return;
  }
  if (view.get(wanted) === undefined) view.makeFolder(wanted);
  else view.keepFolder(wanted);
  for (const [path, entry] of entries) view.put(joinPath(wanted, path), entry);
}

type Lookup = Pick<SourceTree, "get">;

/** The lower file system with what was placed so far on top. */
class View {
  private readonly lower: SourceTree;
  private readonly placement: Placement;
  private readonly options: PlaceOptions;

  constructor(lower: SourceTree, placement: Placement, options: PlaceOptions) {
    this.lower = lower;
    this.placement = placement;
    this.options = options;
  }

  get(path: string): TreeEntry | undefined {
    const placed = this.placement.get(path);
    if (placed !== undefined || path === "") return placed ?? this.lower.get(path);
    return this.hiddenByFile(path) ? undefined : this.lower.get(path);
  }

  isFolder(path: string): boolean {
    return this.get(path)?.kind === "folder";
  }

  /** Where a destination is once links are followed; the rest of a path that does not exist is taken as it is. */
  destination(text: string): string {
    const parts = posix
      .normalize(`/${text}`)
      .split("/")
      .filter((part) => part !== "");
    if (this.options.link) return parts.join("/");
    const tree: Lookup = { get: (path) => this.get(path) };
    for (let length = parts.length; length > 0; length--) {
      const found = this.follow(tree, parts.slice(0, length));
      if (found !== undefined) return [found, ...parts.slice(length)].filter((part) => part !== "").join("/");
    }
    return parts.join("/");
  }

  /** Puts an entry; folders above it that are missing are made. */
  put(path: string, entry: TreeEntry): void {
    if (path === "") throw new TdockError("invalid-argument", "cannot replace the root with a file");
    this.keepParents(path);
    this.check(path, entry);
    this.placement.set(path, entry);
  }

  /** Throws where a file would replace a folder or the other way round. */
  check(path: string, entry: TreeEntry): void {
    const existing = this.get(path);
    if (entry.kind !== "folder" && existing?.kind === "folder") {
      throw new TdockError("invalid-argument", `cannot replace the folder /${path} with a ${entry.kind}`);
    }
    const blocked = entry.kind === "folder" && existing !== undefined && existing.kind !== "folder";
    if (blocked && !this.options.replaceFiles) {
      throw new TdockError("invalid-argument", `cannot copy a folder over /${path}, which is a ${existing.kind}`);
    }
  }

  /** Only the contents of a folder are copied: nothing of itself comes along, so that all may enter the new one. */
  makeFolder(path: string): void {
    this.keepParents(path);
    const folder = this.newFolder();
    this.placement.set(path, { ...folder, mode: this.options.folderMode ?? folder.mode });
  }

  /** Makes sure that the layer has the folder, with the metadata it has now. */
  keepFolder(path: string): void {
    if (this.placement.has(path)) return;
    this.keepParents(path);
    const existing = this.get(path);
    if (existing !== undefined && existing.kind !== "folder") {
      throw new TdockError("invalid-argument", `cannot copy to /${path}: it is a ${existing.kind}, not a folder`);
    }
    if (path !== "") this.placement.set(path, existing ?? this.newFolder());
  }

  private keepParents(path: string): void {
    const slash = path.lastIndexOf("/");
    if (slash !== -1) this.keepFolder(path.slice(0, slash));
  }

  private newFolder(): FolderEntry {
    return { kind: "folder", mode: 0o755, ...this.options.owner, mtime: this.options.now };
  }

  private hiddenByFile(path: string): boolean {
    for (let at = path.lastIndexOf("/"); at !== -1; at = path.lastIndexOf("/", at - 1)) {
      const above = this.placement.get(path.slice(0, at));
      if (above !== undefined) return above.kind !== "folder";
    }
    return false;
  }

  /** A link that leads to nothing yet still says where to go. */
  private follow(tree: Lookup, parts: readonly string[]): string | undefined {
    const path = parts.join("/");
    const found = resolvePath(tree, path);
    if (found !== undefined) return found.path;
    const folder = resolvePath(tree, parts.slice(0, -1).join("/"));
    const last = folder === undefined ? undefined : tree.get(joinPath(folder.path, parts.at(-1) ?? ""));
    if (folder === undefined || last?.kind !== "link") return undefined;
    return posix.resolve(`/${folder.path}`, last.target).slice(1);
  }
}
