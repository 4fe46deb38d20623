import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { posix } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { openInRoot, type PinnedPath } from "../host/path-in-root.ts";
import { errnoName } from "../host/system-error.ts";

/** A place in a container: its folder, opened, and its name there, which is never followed. */
export interface PlaceInContainer extends Disposable {
  readonly folder: PinnedPath;
  /** `.` for the folder itself: the root, or a path that ends in a slash or a dot. */
  readonly name: string;
  readonly stats: Stats;
}

/** Finds a path inside a root. Throws `not-found`, in Docker's words. */
export function openPlace(rootFd: number, path: string, container: string): PlaceInContainer {
  const absolute = posix.join("/", path);
  const isFolderItself = absolute === "/" || /\/\.?$/.test(path);
  const parent = isFolderItself ? absolute : posix.dirname(absolute);
  const name = isFolderItself ? "." : posix.basename(absolute);
  let folder: PinnedPath | undefined;
  try {
    folder = openInRoot(rootFd, parent);
    const stats = lstatSync(`${folder.path}/${name}`);
    const opened = folder;
    return { folder: opened, name, stats, [Symbol.dispose]: () => opened[Symbol.dispose]() };
  } catch (thrown) {
    folder?.[Symbol.dispose]();
    if (["ENOENT", "ENOTDIR"].includes(errnoName(thrown) ?? "")) {
      throw new TdockError("not-found", `Could not find the file ${path} in container ${container}`, { cause: thrown });
    }
    throw thrown;
  }
}

/** The header `X-Docker-Container-Path-Stat`: JSON in base64, mode as the bits of Go's os.FileMode. */
export function pathStatHeader(path: string, { folder, name, stats }: PlaceInContainer): string {
  const stat = {
    name: posix.basename(posix.join("/", path)) || "/",
    size: stats.size,
    mode: goFileMode(stats),
    mtime: stats.mtime.toISOString(),
    linkTarget: stats.isSymbolicLink() ? readlinkSync(`${folder.path}/${name}`) : "",
  };
  return Buffer.from(JSON.stringify(stat)).toString("base64");
}

/** https://pkg.go.dev/io/fs#FileMode */
export function goFileMode(stats: Stats): number {
  const bit = (position: number, isSet: boolean) => (isSet ? 2 ** position : 0);
  return (
    (stats.mode & 0o777) +
    bit(31, stats.isDirectory()) +
    bit(27, stats.isSymbolicLink()) +
    bit(26, stats.isBlockDevice() || stats.isCharacterDevice()) +
    bit(25, stats.isFIFO()) +
    bit(24, stats.isSocket()) +
    bit(23, (stats.mode & 0o4000) !== 0) +
    bit(22, (stats.mode & 0o2000) !== 0) +
    bit(21, stats.isCharacterDevice()) +
    bit(20, (stats.mode & 0o1000) !== 0)
  );
}
