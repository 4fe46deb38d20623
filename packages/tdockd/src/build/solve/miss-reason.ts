import { hasWildcard } from "@tdock/api/glob";
import { explainMiss } from "../cache/explain.ts";
import { changedFiles, type FileChange, type FileList, listsFolder } from "../cache/file-list.ts";
import type { StepInputs } from "../cache/step-record.ts";
import type { BuildRun } from "./build-run.ts";
import type { KnownStep } from "./known-step.ts";

/** Why the step's result of an earlier build cannot be used, or `undefined` when there was none. */
export async function missReason(run: BuildRun, known: KnownStep): Promise<string | undefined> {
  if (run.ignoresCache(known.place.stage)) return "the cache was not to be used";
  const before = run.engine.builds.steps.latest(known.slot, known.inputs.text);
  if (before === undefined) return undefined;
  if (before.key === known.key) {
    return run.engine.builds.steps.get(known.key) === undefined
      ? "its result had been removed"
      : "the step before it was carried out again";
  }
  const files = await fileChanges(run, before.inputs, known);
  const isFirst = known.place.index === 0 && before.slot === known.slot;
  const parentName = isFirst ? known.place.base : "the step before it";
  return explainMiss({ before: before.inputs, now: known.inputs, files, parentName });
}

async function fileChanges(
  run: BuildRun,
  before: StepInputs,
  { step, inputs, files }: KnownStep,
): Promise<FileChange[]> {
  if (before.files === undefined || inputs.files === undefined || before.files === inputs.files) return [];
  const { digests } = run.engine.builds;
  const now = files?.list ?? [await digests.read(listName(inputs.files))];
  if (!isComplete(now)) return [];
  const source = onlySource(step);
  const changes = digests.readParts(listName(before.files), (old) => {
    const [wasFolder, isFolder] = [old.read(0, Math.min(old.length, 64)), now[0]].map(listsFolder);
    const nameOf = ({ path, change }: FileChange) => knownAs(source, path, change === "removed" ? wasFolder : isFolder);
    return changedFiles(old, now).map((one) => ({ ...one, path: nameOf(one) }));
  });
  return changes ?? [];
}

function isComplete(list: readonly (Buffer | undefined)[]): list is FileList {
  return !list.includes(undefined);
}

/** Files are listed as they are copied; people know them by where they come from. */
function knownAs(source: string, path: string, isInFolder = false): string {
  if (source === "") return path;
  return isInFolder ? `${source}/${path}` : source;
}

/** The path in the source, where there is but one and it says which files are meant; else "". */
function onlySource({ operation }: KnownStep["step"]): string {
  if (operation.kind !== "copy" || operation.parents) return "";
  const [item, ...more] = operation.items;
  if (item?.kind !== "path" || more.length > 0 || hasWildcard(item.pattern)) return "";
  const path = item.pattern.replace(/^(?:\.?\/)+|\/+$/g, "");
  return path === "." ? "" : path;
}

/** Keeps the list of what a step copied, for the next miss. */
export async function rememberFiles(run: BuildRun, { inputs, files }: KnownStep): Promise<void> {
  if (inputs.files === undefined || files?.list === undefined) return;
  await run.engine.builds.digests.set(listName(inputs.files), files.list);
}

/** Where the list of what a step copied is kept, by its digest. */
export function listName(digest: string): string {
  return `files-${digest}`;
}
