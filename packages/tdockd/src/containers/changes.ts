import { lstatSync } from "node:fs";
import { dirname, join } from "node:path";
import type { containerChanges, FilesystemChange } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { diskName } from "@tdock/api/name-text";
import type { Engine } from "../engine.ts";
import { namesIn } from "../host/name-text.ts";
import { openInRoot } from "../host/path-in-root.ts";
import { type OverlayFolders, overlayFolders } from "../images/layer/overlay-folders.ts";
import { mountsOf } from "./rootfs-of.ts";

const modified = 0;
const added = 1;
const deleted = 2;

/** Made by us, or by the runtime as places to mount on; nobody in the container has written them. */
const mountStubs = new Set([
  "/.dockerenv",
  "/dev",
  "/proc",
  "/sys",
  "/etc/hosts",
  "/etc/hostname",
  "/etc/resolv.conf",
  "/sbin/docker-init",
]);

/** What a container has changed over its image, ordered by path: its own layer, read as overlayfs writes it. */
export async function listChanges(
  engine: Pick<Engine, "containerd" | "containers">,
  input: Input<typeof containerChanges>,
): Promise<FilesystemChange[]> {
  const folders = overlayFolders(await mountsOf(engine, engine.containers.get(input.id)));
  const stubs = runtimeStubs(folders);
  const changes: FilesystemChange[] = [];
  collect(folders, "/", changes);
  const own = changes.filter(({ Path, Kind }) => Kind === deleted || !stubs.has(Path));
  return own.filter((change) => !holdsOnlyStubs(folders, change, { stubs, own }));
}

/** Whether a folder counts as changed only because the runtime has made something in it. */
function holdsOnlyStubs(
  { upper, lowers }: OverlayFolders,
  { Path, Kind }: FilesystemChange,
  { stubs, own }: { stubs: ReadonlySet<string>; own: readonly FilesystemChange[] },
): boolean {
  if (Kind !== modified || ![...stubs].some((stub) => dirname(stub) === Path)) return false;
  if (own.some((other) => other.Path.startsWith(`${Path}/`))) return false;
  const lower = lowers.map((layer) => lstatSync(join(layer, Path), { throwIfNoEntry: false })).find(Boolean);
  const now = lstatSync(join(upper, Path), { throwIfNoEntry: false });
  return now?.mode === lower?.mode && now?.uid === lower?.uid && now?.gid === lower?.gid;
}

/** The paths of a container's own layer that only the runtime has made. */
export function runtimeStubs(folders: OverlayFolders): ReadonlySet<string> {
  return new Set([...mountStubs].filter((path) => isStub(folders, path)));
}

/** Folders are opened inside the layer by the kernel: a running container may swap names under our feet. */
function collect(folders: OverlayFolders, folder: string, changes: FilesystemChange[]): void {
  using opened = openInRoot(folders.upper, diskName(folder));
  for (const name of namesIn(opened.path).sort()) {
    const path = join(folder, name);
    const found = lstatSync(diskName(`${opened.path}/${name}`), { throwIfNoEntry: false });
    if (found === undefined) continue;
    // A whiteout: character device 0/0.
    if (found.isCharacterDevice() && found.rdev === 0) {
      changes.push({ Path: path, Kind: deleted });
      continue;
    }
    changes.push({ Path: path, Kind: isInImage(folders, path) ? modified : added });
    if (found.isDirectory()) collect(folders, path, changes);
  }
}

function isInImage({ lowers }: OverlayFolders, path: string): boolean {
  for (const layer of lowers) {
    const found = lstatSync(diskName(join(layer, path)), { throwIfNoEntry: false });
    if (found !== undefined) return !(found.isCharacterDevice() && found.rdev === 0);
  }
  return false;
}

/** An empty file or folder, as the runtime makes it. */
function isStub({ upper }: OverlayFolders, path: string): boolean {
  const found = lstatSync(join(upper, path), { throwIfNoEntry: false });
  return found === undefined || found.isDirectory() || found.size === 0;
}
