import { createHash } from "node:crypto";
import { TdockError } from "@tdock/errors/error";
import type { DigestMemory } from "../cache/digest-memory.ts";
import type { SourceTree } from "../tree/entry.ts";
import { contextPatterns, foreignDockerfile, ignoreFile, readContextFile, withoutIgnored } from "./context-files.ts";
import type { LoadedContext } from "./loaded-context.ts";

/** What a build reads of its context before any step. */
export interface ContextTexts {
  readonly dockerfile: string;
  /** Of the ignore file. */
  readonly patterns: readonly string[];
}

/**
 * The Dockerfile and the ignore patterns of a context. For one that is the same as in an earlier build they are
 * remembered. Throws `invalid-argument` when there is no Dockerfile.
 */
export async function readContextTexts(
  memory: DigestMemory,
  context: LoadedContext,
  path: string,
): Promise<ContextTexts> {
  const name = context.identity && memoryName("texts", context.identity, path);
  const remembered = name && (await memory.get(name));
  if (remembered) return JSON.parse(remembered) as ContextTexts;
  const names = [path, ignoreFile(path), ".dockerignore", foreignDockerfile];
  const tree = await context.part(names).tree();
  const dockerfile = await readContextFile(tree, path);
  const texts = { dockerfile: requireDockerfile(dockerfile, path), patterns: await contextPatterns(tree, path) };
  if (name) await memory.set(name, JSON.stringify(texts));
  return texts;
}

/** Throws `invalid-argument` when there is no text. */
export function requireDockerfile(text: string | undefined, path: string): string {
  if (text !== undefined) return text;
  const problem = `Cannot locate specified Dockerfile: ${path}`;
  throw new TdockError("invalid-argument", problem, { reason: "no-dockerfile" });
}

/** The context without what the patterns hide. */
export function visibleContext(context: LoadedContext, patterns: readonly string[]): LoadedContext {
  let known: WeakRef<SourceTree> | undefined; // it may be large
  return {
    identity: context.identity && memoryName("visible", context.identity, JSON.stringify(patterns)),
    folder: context.folder,
    async tree() {
      const tree = known?.deref() ?? withoutIgnored(await context.tree(), patterns);
      known = new WeakRef(tree);
      return tree;
    },
    part: (paths) => visibleContext(context.part(paths), patterns),
  };
}

function memoryName(kind: string, ...parts: readonly string[]): string {
  return `${kind}-${createHash("sha256").update(JSON.stringify(parts)).digest("hex")}`;
}
