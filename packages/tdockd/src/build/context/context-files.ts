import { readFile } from "node:fs/promises";
import { createIgnoreMatcher, parseIgnoreFile } from "@tdock/api/ignore";
import { TdockError } from "@tdock/errors/error";
import { maxDockerfileBytes } from "../dockerfile/lines.ts";
import type { SourceTree } from "../tree/entry.ts";
import { resolvePath } from "../tree/resolve.ts";
import { VisibleTree } from "../tree/visible-tree.ts";

/** The text of a file of a context, links followed inside it. `undefined` when there is none. */
export async function readContextFile(tree: SourceTree, path: string): Promise<string | undefined> {
  const found = resolvePath(tree, path);
  if (found?.entry.kind !== "file") return undefined;
  if (found.entry.size > maxDockerfileBytes) {
    throw new TdockError("invalid-argument", `${path} has ${found.entry.size} bytes, more than ${maxDockerfileBytes}`);
  }
  return readFile(found.entry.content, "utf8");
}

/** What clients call a Dockerfile in the context that lies elsewhere: it is not there for COPY. */
export const foreignDockerfile = ".tdock-dockerfile";

/** The name of the ignore file that belongs to one Dockerfile alone. */
export function ignoreFile(dockerfile: string): string {
  return `${dockerfile}.dockerignore`;
}

/** The patterns that hold for a context: those of `<Dockerfile>.dockerignore`, else of `.dockerignore`. */
export async function contextPatterns(tree: SourceTree, dockerfile: string): Promise<readonly string[]> {
  const own = await readContextFile(tree, ignoreFile(dockerfile));
  const patterns = parseIgnoreFile(own ?? (await readContextFile(tree, ".dockerignore")) ?? "");
  return tree.get(foreignDockerfile) === undefined
    ? patterns
    : [...patterns, foreignDockerfile, ignoreFile(foreignDockerfile)];
}

/** What COPY may see of a context. The tree itself when nothing is ignored. */
export function withoutIgnored(tree: SourceTree, patterns: readonly string[]): SourceTree {
  return patterns.length === 0 ? tree : new VisibleTree(tree, createIgnoreMatcher(patterns));
}
