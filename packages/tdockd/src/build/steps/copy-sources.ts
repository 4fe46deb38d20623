import type { BuildEngine } from "../build-engine.ts";
import { type Selected, type SelectOptions, select } from "../copy/select.ts";
import { withView } from "../layer/with-view.ts";
import type { CopyOperation, SourceRef } from "../plan/operation.ts";
import { DiskTree } from "../tree/disk-tree.ts";
import type { SourceTree, TreeEntry } from "../tree/entry.ts";
import { FileTree } from "../tree/file-tree.ts";
import { withDigest } from "../tree/hash-tree.ts";
import type { Source } from "./source.ts";

/** Hands the tree of a source to `use`; a snapshot is mounted for as long as that runs. */
export async function withTree<T>(
  engine: Pick<BuildEngine, "config" | "containerd">,
  source: Source,
  use: (tree: SourceTree) => Promise<T>,
): Promise<T> {
  if (source.kind === "tree") return use(await source.tree());
  if (source.snapshot === "") return use(new FileTree());
  return withView(engine, source.snapshot, (root) => use(new DiskTree(root)));
}

/** Hands what a source's paths name to `use`. A context's tree is not kept meanwhile: it may be large. */
export async function withSelected<T>(
  engine: Pick<BuildEngine, "config" | "containerd">,
  {
    source,
    operation,
    signal,
  }: { readonly source: Source; readonly operation: PathQuestion; readonly signal: AbortSignal },
  use: (selected: readonly Selected[]) => Promise<T>,
): Promise<T> {
  if (source.kind === "tree") return use(await selectPaths(await source.tree(), operation, signal));
  return withTree(engine, source, async (tree) => use(await selectPaths(tree, operation, signal)));
}

/** What decides which files are meant. */
type PathQuestion = Pick<CopyOperation, "items" | "exclude" | "parents" | "origin"> & { readonly instruction: string };

/** Everything that the path sources of a COPY or ADD name, with the digests of all bytes known. */
export async function selectPaths(
  tree: SourceTree,
  operation: PathQuestion,
  signal: AbortSignal,
): Promise<readonly Selected[]> {
  const options: SelectOptions = {
    exclude: operation.exclude,
    parents: operation.parents,
    instruction: operation.instruction,
    origin: originName(operation.origin),
  };
  const patterns = operation.items.flatMap((item) => (item.kind === "path" ? [item.pattern] : []));
  const selected = patterns.flatMap((pattern) => select(tree, pattern, options));
  return tree.isHashed ? selected : hashSelected(selected, signal);
}

function originName(origin: SourceRef): string {
  switch (origin.kind) {
    case "context":
      return "the build context (or it is excluded by .dockerignore)";
    case "stage":
      return `stage ${origin.index}`;
    case "image":
      return `image ${origin.reference}`;
    case "named":
      return `context ${origin.name}`;
    case "empty":
      return "scratch";
  }
}

/** What is known of a context already is handed on as it is: it may be long. */
async function hashSelected(selected: readonly Selected[], signal: AbortSignal): Promise<readonly Selected[]> {
  if (
    selected.every(
      ({ root, entries }) => isHashed(root) && Iterator.from(entries).every(([, entry]) => isHashed(entry)),
    )
  ) {
    return selected;
  }
  const result: Selected[] = [];
  const known = new Map<string, TreeEntry>();
  for (const one of selected) {
    const entries: (readonly [string, TreeEntry])[] = [];
    for (const [path, entry] of one.entries) entries.push([path, await hashOnce(known, entry, signal)]);
    result.push({ ...one, root: await hashOnce(known, one.root, signal), entries });
  }
  return result;
}

/** A file with several names is read once. */
async function hashOnce(known: Map<string, TreeEntry>, entry: TreeEntry, signal: AbortSignal): Promise<TreeEntry> {
  if (entry.kind !== "file" || entry.inode === undefined) return withDigest(entry, signal);
  const hashed = known.get(entry.inode) ?? (await withDigest(entry, signal));
  known.set(entry.inode, hashed);
  return hashed;
}

function isHashed(entry: TreeEntry): boolean {
  return entry.kind !== "file" || entry.digest !== undefined;
}
