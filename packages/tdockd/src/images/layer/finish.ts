import { chmodSync, chownSync, lstatSync, type Stats, utimesSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { opaqueAttribute, readAttribute, writeAttribute } from "../../host/extended-attribute.ts";
import { makeFolderInRoot, openInRoot } from "../../host/path-in-root.ts";
import { makeSpecialFile } from "../../host/special-file.ts";
import { errnoName } from "../../host/system-error.ts";
import type { LayerFacts } from "./layer-rules.ts";

/**
 * Puts a layer's whiteouts into its unpacked folder in overlayfs' own form: character devices 0:0, and an attribute on
 * opaque folders. A name that the layer has itself is not hidden by its own whiteout.
 * Follows https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories.
 */
export function placeWhiteouts(folder: string, { whiteouts, opaques }: LayerFacts): void {
  for (const path of whiteouts) {
    using parent = makeFolderInRoot(folder, dirname(path));
    keepTimes(parent.path, () => hide(`${parent.path}/${basename(path)}`));
  }
  for (const path of opaques) {
    using opaque = makeFolderInRoot(folder, path);
    writeAttribute(`${opaque.path}/.`, opaqueAttribute, Buffer.from("y"));
  }
}

/**
 * Gives folders that a layer needs but does not describe the description that the layers below have of them, topmost
 * first. Returns a path where a lower layer has a link instead, which only unpacking over that layer can follow.
 */
export function describeImpliedFolders(
  folder: string,
  { impliedFolders }: LayerFacts,
  lowers: readonly string[],
): string | undefined {
  for (const path of impliedFolders) {
    const below = lookBelow(lowers, path);
    if (below === "link") return path;
    if (below === undefined) continue;
    using implied = openInRoot(folder, `/${path}`);
    const place = `${implied.path}/.`;
    chownSync(place, below.uid, below.gid);
    chmodSync(place, below.mode & 0o7777);
    utimesSync(place, below.atimeMs / 1000, below.mtimeMs / 1000);
  }
  return undefined;
}

function hide(path: string): void {
  try {
    makeSpecialFile(path, { kind: "char", mode: 0, major: 0, minor: 0 });
  } catch (thrown) {
    if (errnoName(thrown) !== "EEXIST") throw thrown;
  }
}

function keepTimes(folder: string, change: () => void): void {
  const { atimeMs, mtimeMs } = lstatSync(`${folder}/.`);
  change();
  utimesSync(`${folder}/.`, atimeMs / 1000, mtimeMs / 1000);
}

/** What the stack of `lowers` (topmost first) shows at a path: a folder, a link on the way, or nothing to go by. */
function lookBelow(lowers: readonly string[], path: string): Stats | "link" | undefined {
  for (const lower of lowers) {
    const found = lookInto(lower, path);
    if (found !== "look-further") return found;
  }
  return undefined;
}

// The layers below are committed: nobody changes them while they are walked, one name at a time.
function lookInto(lower: string, path: string): Stats | "link" | "look-further" | undefined {
  let place = lower;
  let hidesOthers = false;
  let found: Stats | undefined = lstatSync(lower);
  for (const name of path === "" ? [] : path.split("/")) {
    hidesOthers ||= readAttribute(place, opaqueAttribute) !== undefined;
    place = join(place, name);
    found = lstatSync(place, { throwIfNoEntry: false });
    if (found === undefined) return hidesOthers ? undefined : "look-further";
    if (found.isSymbolicLink()) return "link";
    if (!found.isDirectory()) return undefined;
  }
  return found;
}
