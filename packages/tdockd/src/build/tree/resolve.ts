import { compileGlob, hasWildcard } from "@tdock/api/glob";
import { TdockError } from "@tdock/errors/error";
import type { SourceTree, TreeEntry } from "./entry.ts";

/** An entry that was found, under the name it was asked for by. */
export interface Found {
  /** Last component of the name that was asked for, not of what a link led to. */
  readonly name: string;
  /** Where it is, no component of it a link. */
  readonly path: string;
  readonly entry: TreeEntry;
}

/** Links that one resolution may follow, as in the kernel. */
const maxLinks = 40;

/**
 * Finds `path` as a process would whose root the tree is: links are followed, absolute ones too, and `..` ends at the
 * root. `undefined` when there is nothing. Throws `invalid-argument` for too many links.
 */
export function resolvePath(tree: Pick<SourceTree, "get">, path: string): Found | undefined {
  const pending = path.split("/").reverse();
  const done: string[] = [];
  let links = 0;
  while (pending.length > 0) {
    const name = pending.pop();
    if (name === undefined || name === "" || name === ".") continue;
    if (name === "..") {
      done.pop();
      continue;
    }
    const entry = tree.get([...done, name].join("/"));
    if (entry === undefined) return undefined;
    if (entry.kind === "link") {
      if (++links > maxLinks) throw new TdockError("invalid-argument", `${path}: too many levels of symbolic links`);
      if (entry.target.startsWith("/")) done.length = 0;
      pending.push(...entry.target.split("/").reverse());
      continue;
    }
    if (entry.kind !== "folder" && pending.some((rest) => rest !== "" && rest !== ".")) return undefined;
    done.push(name);
  }
  const real = done.join("/");
  const entry = tree.get(real);
  return entry === undefined ? undefined : { name: lastName(path), path: real, entry };
}

function lastName(path: string): string {
  return path.split("/").findLast((name) => name !== "" && name !== ".") ?? "";
}

/** All that a pattern of Go's filepath.Match names, sorted, each resolved like a path. */
export function resolvePattern(tree: SourceTree, pattern: string): Found[] {
  const parts = cleanParts(pattern);
  let found = [""];
  for (const part of parts) found = found.flatMap((folder) => matchPart(tree, folder, part));
  return found.flatMap((path) => resolvePath(tree, path) ?? []);
}

/** Components with `.` and `..` worked out, so that none of them leads out of the root. */
function cleanParts(pattern: string): string[] {
  const parts: string[] = [];
  for (const part of pattern.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts;
}

function matchPart(tree: SourceTree, folder: string, part: string): string[] {
  if (!hasWildcard(part)) {
    const path = joinPath(folder, part.replace(/\\(.)/g, "$1"));
    return resolvePath(tree, path) === undefined ? [] : [path];
  }
  const place = resolvePath(tree, folder);
  if (place?.entry.kind !== "folder") return [];
  const matches = compileGlob(part, "one-level");
  return tree
    .list(place.path)
    .filter(matches)
    .map((name) => joinPath(folder, name));
}

/** `folder/name`, or the name alone in the root. */
export function joinPath(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
