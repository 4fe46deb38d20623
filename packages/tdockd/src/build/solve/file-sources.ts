import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { hasWildcard } from "@tdock/api/glob";
import { fileList, fileListDigest } from "../cache/file-list.ts";
import { newBuildName } from "../layer/make-layer.ts";
import type { CopyOperation, PlacedMount, SourceRef } from "../plan/operation.ts";
import { fetchItems } from "../steps/copy-items.ts";
import { selectPaths, withTree } from "../steps/copy-sources.ts";
import type { Source } from "../steps/source.ts";
import type { SourceTree } from "../tree/entry.ts";
import { resolvePath } from "../tree/resolve.ts";
import type { BuildRun } from "./build-run.ts";
import type { CopyFiles } from "./copy-files.ts";
import type { Ref } from "./ref.ts";

type Tree = Extract<Source, { kind: "tree" }>;
export type FindSource = (origin: SourceRef) => Promise<Ref | Tree>;

/** Digests what steps read. What a snapshot holds is remembered, so that a cached one is not mounted again. */
export class FileSources {
  private readonly run: BuildRun;
  readonly find: FindSource;
  private readonly parts = new WeakMap<CopyOperation, Promise<Ref | Tree>>();

  constructor(run: BuildRun, find: FindSource) {
    this.run = run;
    this.find = find;
  }

  /** What a COPY or ADD names, downloads included, and the digest of all of it. */
  async copyFiles(operation: CopyOperation): Promise<CopyFiles> {
    const { run } = this;
    const scratch = join(run.scratch, newBuildName());
    mkdirSync(scratch, { mode: 0o700 });
    const now = run.epoch ?? Math.floor(run.engine.now().getTime() / 1000);
    const { proxies } = run.engine.config;
    const context = { signal: run.signal, scratch, now, proxies, secret: run.client.secret };
    const fetched = await fetchItems(operation, context);
    const paths = await this.pathFiles(operation);
    const fetchedList = fileList(fetched);
    const digest = createHash("sha256").update(paths.digest).update(fileListDigest(fetchedList)).digest("hex");
    const list = paths.list && [...paths.list, ...fetchedList];
    return { digest, list, fetched, scratch };
  }

  /** What is known by its name alone is not looked at again. */
  private async pathFiles(operation: CopyOperation): Promise<Pick<CopyFiles, "digest" | "list">> {
    if (!operation.items.some(({ kind }) => kind === "path")) return { digest: fileListDigest([]), list: [] };
    const source = await this.findPart(operation);
    const isTree = "kind" in source;
    const identity = isTree ? source.identity : await contentsOf(source);
    if (identity === undefined) return this.list(await sourceOf(source), operation);
    const { digests } = this.run.engine.builds;
    const memo = memoName([identity, operation.items, operation.exclude, operation.parents]);
    const known = await digests.get(memo);
    if (known !== undefined) return { digest: known, list: undefined };
    const found = await this.list(await sourceOf(source), operation);
    await digests.set(memo, found.digest);
    return found;
  }

  /** Of a context, only what is copied: the rest is not even looked at. The same every time. */
  private findPart(operation: CopyOperation): Promise<Ref | Tree> {
    const part = this.parts.get(operation) ?? this.partOf(operation);
    this.parts.set(operation, part);
    return part;
  }

  private async partOf({ origin, items }: CopyOperation): Promise<Ref | Tree> {
    const source = await this.find(origin);
    if (!("kind" in source)) return source;
    const patterns = items.flatMap((item) => (item.kind === "path" ? [item.pattern] : []));
    if (patterns.some(hasWildcard)) return source;
    return { kind: "tree", ...source.part(patterns.map((pattern) => pattern.replace(/\\(.)/g, "$1"))) };
  }

  private list(source: Source, operation: CopyOperation): Promise<Pick<CopyFiles, "digest" | "list">> {
    return withTree(this.run.engine, source, async (tree) => {
      const list = fileList(await selectPaths(tree, operation, this.run.signal));
      return { digest: fileListDigest(list), list };
    });
  }

  /** What stands for a mount in a key: the digest of the files that it shows; for a whole image, the image itself. */
  async mountKey(mount: PlacedMount): Promise<string> {
    const { origin } = mount;
    if (origin.kind === "empty") return "";
    const source = await this.find(origin);
    const path = "source" in mount ? mount.source.replace(/^\/+/, "") : "";
    if ("kind" in source) return this.treeKey(source, path, origin);
    if (origin.kind !== "stage" && path === "") return source.key;
    const { digests } = this.run.engine.builds;
    const memo = memoName(["mount", await contentsOf(source), path]);
    const known = await digests.get(memo);
    if (known !== undefined) return known;
    const key = await withTree(this.run.engine, await sourceOf(source), (tree) => this.keyIn(tree, path, origin));
    await digests.set(memo, key);
    return key;
  }

  /** The digest of what a path of a context holds. */
  async treeKey(source: Tree, path: string, origin: SourceRef): Promise<string> {
    return this.keyIn(await source.part([path]).tree(), path, origin);
  }

  private async keyIn(tree: SourceTree, path: string, origin: SourceRef): Promise<string> {
    if (resolvePath(tree, path) === undefined) return "missing";
    const items = [{ kind: "path", pattern: path.replace(/[*?[\\]/g, "\\$&") }] as const;
    const question = { items, exclude: [], parents: false, instruction: "RUN --mount", origin };
    return fileListDigest(fileList(await selectPaths(tree, question, this.run.signal)));
  }

  /** A source that is there: its snapshot made, its files at hand. */
  async open(origin: SourceRef): Promise<Source> {
    return sourceOf(await this.find(origin));
  }

  /** The same of what a COPY or ADD names. */
  async openCopied(operation: CopyOperation): Promise<Source> {
    return sourceOf(await this.findPart(operation));
  }
}

/** A step that is carried out now may give something else than the last time, whatever its key. */
async function contentsOf(ref: Ref): Promise<string> {
  return ref.contents ?? ref.snapshot();
}

function memoName(selector: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(selector)).digest("hex");
}

async function sourceOf(found: Ref | Tree): Promise<Source> {
  return "kind" in found ? found : { kind: "snapshot", snapshot: await found.snapshot() };
}
