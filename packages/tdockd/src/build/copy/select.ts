import { compileGlob, hasWildcard } from "@tdock/api/glob";
import { createIgnoreMatcher, type IgnoreMatcher } from "@tdock/api/ignore";
import { TdockError } from "@tdock/errors/error";
import type { SourceTree, TreeEntry } from "../tree/entry.ts";
import { type Found, resolvePath, resolvePattern } from "../tree/resolve.ts";
import { type Entries, walkTree } from "../tree/walk-tree.ts";

/** One thing to copy: a file, or a folder's contents. */
export interface Selected {
  /** The name it gets in a destination that is a folder. */
  readonly name: string;
  /** A folder's contents go into the destination; anything else becomes it, or goes below it. */
  readonly root: TreeEntry;
  /** What is below a folder, parents before children, paths relative to it. */
  readonly entries: Entries;
  /** Path in the source, for messages. */
  readonly source: string;
}

export interface SelectOptions {
  readonly exclude: readonly string[];
  readonly parents: boolean;
  /** `COPY` or `ADD`, and what they read from, for messages. */
  readonly instruction: string;
  readonly origin: string;
}

/**
 * What one source of COPY or ADD names. Throws `invalid-argument` when it names nothing.
 * Follows BuildKit's file operation (fsutil/copy) with contents-only folders and wildcards.
 */
export function select(tree: SourceTree, pattern: string, options: SelectOptions): Selected[] {
  const exclude = options.exclude.length === 0 ? undefined : createIgnoreMatcher(options.exclude);
  if (options.parents) return [selectWithParents(tree, pattern, exclude, options)];
  const found = hasWildcard(pattern) ? resolvePattern(tree, pattern) : resolveOne(tree, pattern);
  if (found.length === 0) throw notFound(pattern, options);
  return found.filter((one) => !isExcluded(one, exclude)).map((one) => selectedOf(tree, one, exclude));
}

function resolveOne(tree: SourceTree, pattern: string): Found[] {
  const found = resolvePath(tree, pattern.replace(/\\(.)/g, "$1"));
  return found === undefined ? [] : [found];
}

function notFound(pattern: string, { instruction, origin }: SelectOptions): TdockError {
  const problem = `${instruction} ${pattern}: no such file or folder in ${origin}`;
  return new TdockError("invalid-argument", problem, { reason: "copy-source-missing" });
}

function isExcluded({ entry, name, path }: Found, exclude: IgnoreMatcher | undefined): boolean {
  if (exclude === undefined || entry.kind === "folder") return false;
  return exclude.test(name).ignored || exclude.test(path).ignored;
}

function selectedOf(tree: SourceTree, { name, path, entry }: Found, exclude: IgnoreMatcher | undefined): Selected {
  const entries = entry.kind === "folder" ? walkTree(tree, path, exclude) : [];
  return { name, root: entry, entries, source: path };
}

/**
 * `--parents`: the folders above each match come along, from the pivot `/./` on. `**` is any number of folders.
 */
function selectWithParents(
  tree: SourceTree,
  pattern: string,
  exclude: IgnoreMatcher | undefined,
  options: SelectOptions,
): Selected {
  const pivot = pattern.indexOf("/./");
  const base = pivot === -1 ? "" : pattern.slice(0, pivot);
  const wanted = (pivot === -1 ? pattern : pattern.slice(pivot + 3)).replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
  const place = resolvePath(tree, base);
  if (place === undefined || wanted.split("/").includes("..")) throw notFound(pattern, options);
  const all = place.entry.kind === "folder" ? [...walkTree(tree, place.path, exclude)] : [];
  const entries = keepMatches(all, wanted);
  if (entries.length === 0 && !hasWildcard(pattern)) throw notFound(pattern, options);
  return { name: "", root: place.entry, entries, source: place.path };
}

/** What matches, what is below it, and the folders above it. */
function keepMatches(all: readonly (readonly [string, TreeEntry])[], wanted: string): (readonly [string, TreeEntry])[] {
  if (wanted === "" || wanted === ".") return [...all];
  const matches = compileGlob(wanted, "any-level");
  const kept = new Set<string>();
  for (const [path] of all) {
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : undefined;
    if ((folder !== undefined && kept.has(`below:${folder}`)) || matches(path)) kept.add(`below:${path}`);
  }
  const needed = new Set<string>();
  for (const [path] of all) {
    if (!kept.has(`below:${path}`)) continue;
    for (let at = path; at !== ""; at = at.includes("/") ? at.slice(0, at.lastIndexOf("/")) : "") needed.add(at);
  }
  return all.filter(([path]) => needed.has(path));
}
