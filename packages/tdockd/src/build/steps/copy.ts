import { join } from "node:path";
import { readIdentityFiles } from "../../runtime/identity.ts";
import { type Placement, place } from "../copy/place.ts";
import type { Selected } from "../copy/select.ts";
import type { OpenLayer } from "../layer/make-layer.ts";
import { withMounts } from "../layer/with-view.ts";
import { writeUpper } from "../layer/write-upper.ts";
import type { CopyOperation } from "../plan/operation.ts";
import type { BuildRun } from "../solve/build-run.ts";
import { DiskTree } from "../tree/disk-tree.ts";
import type { SourceTree, TreeEntry } from "../tree/entry.ts";
import { FileTree } from "../tree/file-tree.ts";
import { changeSelected, type Owner, parseOwner } from "./change-owner.ts";
import { type CopySource, unpackIfArchive } from "./copy-items.ts";
import { withSelected } from "./copy-sources.ts";
import type { Source } from "./source.ts";

export interface CopyWork {
  readonly operation: CopyOperation;
  readonly source: Source;
  /** What was fetched for the sources that are no paths. */
  readonly fetched: readonly Selected[];
  /** Folder of the step for what is unpacked; it need not exist. */
  readonly scratch: string;
  /** Digests of files that are below: one file must not be another name of one of them. */
  unshared(): Promise<ReadonlySet<string>>;
}

/** Carries out COPY or ADD: fills the layer's upper folder while nothing is mounted over it. */
export async function copyIntoLayer(run: BuildRun, layer: OpenLayer, work: CopyWork): Promise<void> {
  const { engine, signal } = run;
  await withSelected(engine, { ...work, signal }, async (paths) => {
    const sources = await unpackAll(run, work, paths);
    const placement = await withMounts(engine, layer.key, layer.view, (root) =>
      plan(run, work.operation, sources, root),
    );
    const linkable = work.source.kind === "tree" ? work.source.folder : undefined;
    const unshared = linkable === undefined ? undefined : await work.unshared();
    await writeUpper(layer.upper, clamped(placement, run.epoch), { linkable, unshared, signal });
  });
}

async function unpackAll(run: BuildRun, work: CopyWork, paths: readonly Selected[]): Promise<CopySource[]> {
  const { unpack } = work.operation;
  const result: CopySource[] = [];
  for (const [index, selected] of paths.entries()) {
    const scratch = join(work.scratch, `unpack-${index}`);
    result.push(
      unpack === "none" ? { selected, archive: false } : await unpackIfArchive(selected, scratch, run.signal),
    );
  }
  for (const [index, selected] of work.fetched.entries()) {
    const scratch = join(work.scratch, `unpack-fetched-${index}`);
    result.push(unpack === "all" ? await unpackIfArchive(selected, scratch, run.signal) : { selected, archive: false });
  }
  return result;
}

function plan(run: BuildRun, operation: CopyOperation, sources: readonly CopySource[], root: string): Placement {
  const owner = operation.chown === "" ? undefined : parseOwner(operation.chown, readIdentityFiles(root));
  const lower: SourceTree = operation.link ? new FileTree() : new DiskTree(root);
  const placement: Placement = new Map();
  const now = run.epoch ?? Math.floor(run.engine.now().getTime() / 1000);
  for (const group of groups(sources)) {
    const selected = group.map((one) => changeSelected(one.selected, owner, operation.chmod));
    const options = {
      destination: operation.destination,
      link: operation.link,
      now,
      owner: owner ?? rootOwner,
      folderMode: /^[0-7]+$/.test(operation.chmod) ? Number.parseInt(operation.chmod, 8) : undefined,
      instruction: operation.instruction,
      replaceFiles: group[0]?.archive === true,
    };
    place(lower, selected, options, placement);
  }
  return placement;
}

const rootOwner: Owner = { uid: 0, gid: 0 };

/** Files together, so that several of them are noticed; each archive by itself. */
function groups(sources: readonly CopySource[]): CopySource[][] {
  const files = sources.filter(({ archive }) => !archive);
  const archives = sources.filter(({ archive }) => archive).map((one) => [one]);
  return files.length > 0 ? [files, ...archives] : archives;
}

/** No time is later than SOURCE_DATE_EPOCH. */
function clamped(placement: Placement, epoch: number | undefined): Placement {
  if (epoch === undefined) return placement;
  const clamp = ([path, entry]: readonly [string, TreeEntry]) =>
    [path, { ...entry, mtime: Math.min(entry.mtime, epoch) }] as const;
  return new Map([...placement].map(clamp));
}
