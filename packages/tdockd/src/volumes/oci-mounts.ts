import { closeSync, existsSync, mkdirSync, statSync } from "node:fs";
import { release } from "node:os";
import { basename, dirname, join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { touchFileSync } from "../host/atomic-file.ts";
import { bindMount, unmountAll } from "../host/mount.ts";
import { bindMountOnto } from "../host/mount-onto.ts";
import { openInRoot } from "../host/path-in-root.ts";
import { removeTree } from "../host/remove-tree.ts";
import { errnoName } from "../host/system-error.ts";
import { openUserNamespace } from "../host/user-namespace.ts";
import type { OciMount } from "../runtime/spec/oci.ts";
import { checkPropagation } from "./check-propagation.ts";
import { gatherMounts } from "./gather-mounts.ts";
import { type IdMap, idMapLines } from "./id-map.ts";
import { mountImage, unmountImage } from "./image-mount.ts";
import type { BindPoint, MountPoint, VolumePoint } from "./mount-point.ts";
import { isMounted } from "./volume.ts";

export type MountEngine = Pick<Engine, "config" | "containerd" | "images" | "volumes">;

/** What is being mounted for. */
export interface MountOwner {
  /** The container's. */
  readonly id: string;
  readonly mounts: readonly MountPoint[];
}

/**
 * Readies a container's mount points for its start and answers them in the runtime's form: missing sources of `-v` are
 * made, volumes with driver options mounted, subpaths pinned. `closeMountPoints` takes back what this does.
 * Throws `invalid-argument` for a source or subpath that does not exist.
 */
export async function ociMounts(engine: MountEngine, owner: MountOwner): Promise<OciMount[]> {
  const mounts: OciMount[] = [];
  try {
    for (const [index, point] of owner.mounts.entries()) mounts.push(await ociMount(engine, owner, { index, point }));
    return mounts;
  } catch (error) {
    await closeMountPoints(engine, owner);
    throw error;
  }
}

/**
 * What a container is started with: its mount points and `others`, such as /etc/hosts, with those below another one
 * mounted there already. Throws as `ociMounts`.
 */
export async function launchMounts(
  engine: MountEngine,
  owner: MountOwner,
  others: readonly OciMount[],
): Promise<OciMount[]> {
  const mounts = [...others, ...(await ociMounts(engine, owner))];
  try {
    for (const point of owner.mounts) if (point.kind === "bind") checkPropagation(point);
    return gatherMounts(pinnedFolder(engine, owner.id), mounts);
  } catch (error) {
    await closeMountPoints(engine, owner);
    throw error;
  }
}

/** Takes down what `ociMounts` mounted on the host, when the container has ended. Idempotent. */
export async function closeMountPoints(
  engine: Pick<Engine, "config" | "containerd" | "volumes">,
  { id, mounts }: MountOwner,
): Promise<void> {
  unmountPlaces(engine, id);
  await removeTree(pinnedFolder(engine, id));
  for (const [index, point] of mounts.entries()) {
    if (point.kind === "image")
      await unmountImage(engine, { containerId: id, index, folder: imageFolder(engine, id, index) });
    if (point.kind !== "volume") continue;
    const volume = engine.volumes.find(point.name);
    if (volume !== undefined && isMounted(volume)) await engine.volumes.mounted.release(point.name, point.source, id);
  }
}

/**
 * Takes down what is mounted at a container's places on the host, at once: a volume cannot be deleted as long as
 * something is mounted below it. What the container has of it is its own. Idempotent.
 */
export function unmountPlaces(engine: Pick<Engine, "config">, containerId: string): void {
  const folder = pinnedFolder(engine, containerId);
  // Most containers have none; the list of all mounts is long.
  if (existsSync(folder)) unmountAll(folder);
}

async function ociMount(
  engine: MountEngine,
  owner: MountOwner,
  { index, point }: { index: number; point: MountPoint },
): Promise<OciMount> {
  switch (point.kind) {
    case "bind":
      return point.idMap === undefined
        ? bindOf(point)
        : { ...bindOf(point), source: await mapIds(engine, owner.id, { index, point, map: point.idMap }) };
    case "volume": {
      await mountIfNeeded(engine, owner.id, point);
      const source =
        point.subpath === "" ? point.source : pinSubpath(engine, owner.id, { index, root: point.source, ...point });
      const options = ["rbind", "rprivate", ...readOnlyOptions(point.isReadOnly)];
      return { destination: point.destination, type: "bind", source, options };
    }
    case "tmpfs":
      return {
        destination: point.destination,
        type: "tmpfs",
        source: "tmpfs",
        options: ["noexec", "nosuid", "nodev", ...point.options],
      };
    case "image": {
      const folder = imageFolder(engine, owner.id, index);
      await mountImage(engine, { containerId: owner.id, index, image: point.source, folder });
      const source =
        point.subpath === "" ? folder : pinSubpath(engine, owner.id, { index, root: folder, subpath: point.subpath });
      return { destination: point.destination, type: "bind", source, options: ["rbind", "rprivate", "ro"] };
    }
  }
}

function bindOf(point: BindPoint): OciMount {
  const { source, destination, propagation, isNonRecursive, isReadOnly, recursiveReadOnly } = point;
  ensureSource(point);
  const canRecurse = kernelHasMountSetattr();
  if (recursiveReadOnly === "forced" && !canRecurse) {
    throw new TdockError("not-implemented", "recursive read-only mounts need Linux 5.12 or newer");
  }
  const recursive = recursiveReadOnly !== "off" && !isNonRecursive && canRecurse;
  const readOnly = isReadOnly ? ["ro", ...(recursive ? ["rro"] : [])] : ["rw"];
  const options = [isNonRecursive ? "bind" : "rbind", propagation, ...readOnly];
  return { destination, type: "bind", source, options };
}

/** Docker makes a missing source of `-v` a folder, root's; one of `--mount` must be there. */
function ensureSource({ source, mustExist }: BindPoint): void {
  try {
    statSync(source);
  } catch (error) {
    if (errnoName(error) !== "ENOENT") throw error;
    if (mustExist) {
      const message = `invalid mount config for type "bind": bind source path does not exist: ${source}`;
      throw new TdockError("invalid-argument", message);
    }
    mkdirSync(source, { recursive: true, mode: 0o755 });
  }
}

async function mountIfNeeded(
  { volumes }: MountEngine,
  containerId: string,
  { name, source }: VolumePoint,
): Promise<void> {
  const volume = volumes.get(name);
  if (isMounted(volume)) await volumes.mounted.acquire(volume, source, containerId);
}

interface Subpath {
  readonly index: number;
  readonly root: string;
  readonly subpath: string;
}

/**
 * Mounts what a subpath leads to at a place of our own, so that the runtime mounts exactly what the kernel found inside
 * the volume, whatever is put in its place meanwhile.
 */
function pinSubpath(engine: MountEngine, containerId: string, { index, root, subpath }: Subpath): string {
  using found = openSubpath(root, subpath);
  const place = makePlace(engine, containerId, String(index), found.path);
  bindMount(found.path, place, { recursive: true });
  return place;
}

/** A place of the container's to mount something at that is of the same kind. */
function makePlace(engine: MountEngine, containerId: string, name: string, like: string): string {
  const place = join(pinnedFolder(engine, containerId), name);
  if (statSync(like).isDirectory()) mkdirSync(place, { recursive: true, mode: 0o700 });
  else touchFileSync(place);
  return place;
}

interface MappedBind {
  readonly index: number;
  readonly point: BindPoint;
  readonly map: IdMap;
}

/** Mounts a source whose owners are seen as others; what the runtime makes of that mount has the same maps. */
async function mapIds(engine: MountEngine, containerId: string, { index, point, map }: MappedBind): Promise<string> {
  const { source } = point;
  const lines = idMapLines(map, statSync(source));
  try {
    const idMapFd = await openUserNamespace(lines);
    try {
      const place = makePlace(engine, containerId, `mapped-${index}`, source);
      using target = openInRoot(dirname(place), basename(place));
      bindMountOnto(source, target, { recursive: !point.isNonRecursive, idMapFd });
      return place;
    } finally {
      closeSync(idMapFd);
    }
  } catch (cause) {
    const message = `idmap of ${source}: ${missingForIdMap(cause) ?? (cause as Error).message}`;
    throw new TdockError("invalid-argument", message, { cause, reason: "idmap" });
  }
}

/** What this machine lacks, where that is the cause. */
function missingForIdMap(cause: unknown): string | undefined {
  if (!kernelHasMountSetattr()) return "mounts with mapped ids need Linux 5.12 or newer";
  if (errnoName(cause) !== "EINVAL") return undefined;
  return "its file system, or one that is mounted below it, cannot show files with other owners";
}

function openSubpath(root: string, subpath: string) {
  try {
    return openInRoot(root, subpath);
  } catch (cause) {
    const message = `cannot access path ${subpath}: ${(cause as Error).message}`;
    throw new TdockError("invalid-argument", message, { cause });
  }
}

function imageFolder(engine: Pick<Engine, "config">, containerId: string, index: number): string {
  return join(pinnedFolder(engine, containerId), `image-${index}`);
}

function pinnedFolder({ config }: Pick<Engine, "config">, containerId: string): string {
  return join(config.execRoot, "subpaths", containerId);
}

function readOnlyOptions(isReadOnly: boolean): string[] {
  return isReadOnly ? ["ro"] : ["rw"];
}

/** mount_setattr(2) came with Linux 5.12. */
function kernelHasMountSetattr(): boolean {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  return major > 5 || (major === 5 && minor >= 12);
}
