import { mkdirSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { type BindOptions, mountFileSystem, setPropagation } from "../host/mount.ts";
import { bindMountOnto } from "../host/mount-onto.ts";
import { makeFileInRoot, makeFolderInRoot, openInRoot, type PinnedPath } from "../host/path-in-root.ts";
import { errnoName } from "../host/system-error.ts";
import type { OciMount } from "../runtime/spec/oci.ts";

/**
 * Mounts what lies below another mount where that one's own files are, before the runtime does, and leaves it the
 * outer one. The runtime finds its way by names: whoever shares the outer volume could swap a folder for a link and
 * have it make folders on the host (CVE-2024-45310). Here the kernel finds each place within the volume.
 * Works in `folder`, which must be the caller's alone and is for it to unmount.
 */
export function gatherMounts(folder: string, mounts: readonly OciMount[]): OciMount[] {
  const kept: OciMount[] = [];
  const gathered = new Set<OciMount>();
  const byDepth = [...mounts].sort((a, b) => depthOf(a) - depthOf(b));
  for (const outer of byDepth) {
    if (gathered.has(outer)) continue;
    const inner = innerOf(outer, byDepth);
    if (inner.length === 0 || !canMove(outer) || !isFolder(outer)) {
      kept.push(outer);
      continue;
    }
    for (const one of inner) gathered.add(one);
    kept.push(joinTree(join(folder, `tree-${kept.length}`), outer, inner));
  }
  return kept;
}

/** Those below the outer mount, but for what must stay with the runtime and what is below that. */
function innerOf(outer: OciMount, mounts: readonly OciMount[]): OciMount[] {
  const below = mounts.filter((one) => isBelow(one, outer));
  const staying = below.filter((one) => !canMove(one));
  return below.filter((one) => canMove(one) && !staying.some((other) => isBelow(one, other)));
}

/** The outer mount as before, from a place of ours where the others are mounted already. */
function joinTree(place: string, outer: OciMount, inner: readonly OciMount[]): OciMount {
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const isReadOnlyBelow = outer.options.includes("rro");
  // What was mounted in the source before is read-only too if that was asked for; what is mounted below is its own.
  const propagation = propagationOf(outer);
  attach(outer.source, place, { recursive: outer.options.includes("rbind"), readOnly: isReadOnlyBelow, propagation });
  setPropagation(place, propagation);
  for (const [index, one] of inner.entries()) {
    // Those before it are above it, or beside it.
    const around = inner.slice(0, index).findLast((other) => isBelow(one, other)) ?? outer;
    const path = posix.relative(outer.destination, one.destination);
    const source = one.type === "tmpfs" ? memory(`${place}-${index}`, one) : one.source;
    mountInside({ place, path, source, one, isReadOnly: around.options.includes("ro") });
  }
  const options = outer.options.filter((option) => !["bind", "rbind", "rro", ...propagations].includes(option));
  // Not for all below it as well: each has its own here.
  return { ...outer, source: place, options: ["rbind", propagation, ...options] };
}

function attach(source: string, place: string, options: BindOptions): void {
  using target = openInRoot(place, "/");
  bindMountOnto(source, target, options);
}

interface Inner {
  readonly place: string;
  /** Within the place. */
  readonly path: string;
  readonly source: string;
  readonly one: OciMount;
  /** The mount around it is: then no place can be made that is missing. */
  readonly isReadOnly: boolean;
}

function mountInside({ place, path, source, one, isReadOnly }: Inner): void {
  try {
    using target = isReadOnly ? openInRoot(place, path) : makeTarget(place, path, source);
    bindMountOnto(source, target, {
      recursive: !one.options.includes("bind"),
      readOnly: one.options.includes("ro"),
      propagation: propagationOf(one),
    });
  } catch (cause) {
    const reason = isReadOnly && errnoName(cause) === "ENOENT" ? "read-only file system" : (cause as Error).message;
    throw new TdockError("invalid-argument", `cannot mount at ${one.destination}: ${reason}`, { cause });
  }
}

function makeTarget(place: string, path: string, source: string): PinnedPath {
  return statSync(source).isDirectory() ? makeFolderInRoot(place, path) : makeFileInRoot(place, path);
}

const flagsOfTmpfs = ["ro", "nosuid", "nodev", "noexec"] as const;
const oppositeOf: Readonly<Record<string, string>> = { ro: "rw", nosuid: "suid", nodev: "dev", noexec: "exec" };

const wordsOfTmpfs = new Set<string>([...flagsOfTmpfs, ...Object.values(oppositeOf)]);

/** A tmpfs at a place of ours; of two options that exclude each other the later one counts. */
function memory(place: string, { options }: OciMount): string {
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const flags = flagsOfTmpfs.filter((flag) => options.lastIndexOf(flag) > options.lastIndexOf(oppositeOf[flag] ?? ""));
  const settings = options.filter((option) => !wordsOfTmpfs.has(option)).join(",");
  mountFileSystem({ type: "tmpfs", source: "tmpfs", target: place, data: settings, flags: [...flags] });
  return place;
}

function isBelow(inner: OciMount, outer: OciMount): boolean {
  return inner.destination.startsWith(`${outer.destination}/`);
}

const propagations: readonly string[] = ["private", "rprivate", "slave", "rslave", "shared", "rshared"];

function propagationOf({ options }: OciMount): "private" | "slave" {
  return options.some((option) => /^r?slave$/.test(option)) ? "slave" : "private";
}

/**
 * Not a mount that is shared with the host: what is mounted below it, or unmounted, is so on the host too, and when a
 * container's place here is taken down, the host's own mounts would go with it. A container's own namespace ends without.
 * Nor a rarer tmpfs.
 */
function canMove({ type, options }: OciMount): boolean {
  if (type === "tmpfs") return options.every((option) => option.includes("=") || wordsOfTmpfs.has(option));
  return type === "bind" && !options.some((option) => /^r?shared$/.test(option));
}

function isFolder({ type, source }: OciMount): boolean {
  return type === "bind" && statSync(source).isDirectory();
}

function depthOf({ destination }: OciMount): number {
  return destination.split("/").filter(Boolean).length;
}
