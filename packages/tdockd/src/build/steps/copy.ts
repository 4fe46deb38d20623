import { join } from "node:path";
import { readIdentityFiles } from "../../runtime/identity.ts";
import { type Placement, type PlaceOptions, place, placeFolder } from "../copy/place.ts";
import type { Selected } from "../copy/select.ts";
import type { OpenLayer } from "../layer/make-layer.ts";
import { withMounts } from "../layer/with-view.ts";
import { writeUpper } from "../layer/write-upper.ts";
import type { CopyOperation } from "../plan/operation.ts";
import type { BuildRun } from "../solve/build-run.ts";
import { DiskTree } from "../tree/disk-tree.ts";
import type { SourceTree } from "../tree/entry.ts";
import { FileTree } from "../tree/file-tree.ts";
import type { Entries } from "../tree/walk-tree.ts";
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
    const placed = await withMounts(engine, layer.key, layer.view, (root) => plan(run, work.operation, sources, root));
    const linkable = work.source.kind === "tree" ? work.source.folder : undefined;
    const unshared = linkable === undefined ? undefined : await work.unshared();
    await writeUpper(layer.upper, clamped(placed, run.epoch), { linkable, unshared, signal });
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

function plan(run: BuildRun, operation: CopyOperation, sources: readonly CopySource[], root: string): Entries {
  const owner = operation.chown === "" ? undefined : parseOwner(operation.chown, readIdentityFiles(root));
  const lower: SourceTree = operation.link ? new FileTree() : new DiskTree(root);
  const placement: Placement = new Map();
  const now = run.epoch ?? Math.floor(run.engine.now().getTime() / 1000);
  const options = (archive: boolean): PlaceOptions => ({
    destination: operation.destination,
    link: operation.link,
    now,
    owner: owner ?? rootOwner,
    folderMode: /^[0-7]+$/.test(operation.chmod) ? Number.parseInt(operation.chmod, 8) : undefined,
    instruction: operation.instruction,
    replaceFiles: archive,
  });
  const changed = ({ selected }: CopySource) => changeSelected(selected, owner, operation.chmod);
  const [only, ...more] = sources;
  if (only !== undefined && more.length === 0 && isWholeFolder(only, operation)) {
    return placeFolder(lower, changed(only), options(false));
  }
  for (const group of groups(sources)) {
    place(lower, group.map(changed), options(group[0]?.archive === true), placement);
  }
  return placement;
}

/** Whether no folder above what is copied may be missing. */
function isWholeFolder({ selected, archive }: CopySource, { exclude, parents }: CopyOperation): boolean {
  return !archive && selected.root.kind === "folder" && exclude.length === 0 && !parents;
}

const rootOwner: Owner = { uid: 0, gid: 0 };

/** Files together, so that several of them are noticed; each archive by itself. */
function groups(sources: readonly CopySource[]): CopySource[][] {
  const files = sources.filter(({ archive }) => !archive);
  const archives = sources.filter(({ archive }) => archive).map((one) => [one]);
  return files.length > 0 ? [files, ...archives] : archives;
}

/** No time is later than SOURCE_DATE_EPOCH. */
function clamped(entries: Entries, epoch: number | undefined): Entries {
  return epoch === undefined ? entries : { [Symbol.iterator]: () => clampedEntries(entries, epoch) };
}

function* clampedEntries(entries: Entries, epoch: number) {
  for (const [path, entry] of entries) yield [path, { ...entry, mtime: Math.min(entry.mtime, epoch) }] as const;
}
