import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { containerChanges, FilesystemChange } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { openInRoot } from "../host/path-in-root.ts";
import { mountsOf } from "./rootfs-of.ts";

const modified = 0;
const added = 1;
const deleted = 2;

/** Made by the runtime as places to mount on; nobody in the container has written them. */
const mountStubs = new Set([
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
  const layers = layersOf(await mountsOf(engine, engine.containers.get(input.id)));
  const changes: FilesystemChange[] = [];
  collect(layers, "/", changes);
  return changes.filter(({ Path, Kind }) => !(mountStubs.has(Path) && Kind !== deleted) || !isStub(layers, Path));
}

interface Layers {
  /** The container's own. */
  readonly upper: string;
  /** The image's, top first. */
  readonly lower: readonly string[];
}

function layersOf(mounts: Awaited<ReturnType<typeof mountsOf>>): Layers {
  const [mount] = mounts;
  const option = (name: string) => mount?.options.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
  if (mount?.type === "bind") return { upper: mount.source, lower: [] };
  const upper = option("upperdir");
  if (upper === undefined) throw new TdockError("not-implemented", `changes of a ${mount?.type} root cannot be told`);
  return { upper, lower: (option("lowerdir") ?? "").split(":") };
}

/** Folders are opened inside the layer by the kernel: a running container may swap names under our feet. */
function collect(layers: Layers, folder: string, changes: FilesystemChange[]): void {
  using opened = openInRoot(layers.upper, folder);
  for (const name of readdirSync(opened.path).sort()) {
    const path = join(folder, name);
    const found = lstatSync(`${opened.path}/${name}`, { throwIfNoEntry: false });
    if (found === undefined) continue;
    // A whiteout: character device 0/0.
    if (found.isCharacterDevice() && found.rdev === 0) {
      changes.push({ Path: path, Kind: deleted });
      continue;
    }
    changes.push({ Path: path, Kind: isInImage(layers, path) ? modified : added });
    if (found.isDirectory()) collect(layers, path, changes);
  }
}

function isInImage({ lower }: Layers, path: string): boolean {
  for (const layer of lower) {
    const found = lstatSync(join(layer, path), { throwIfNoEntry: false });
    if (found !== undefined) return !(found.isCharacterDevice() && found.rdev === 0);
  }
  return false;
}

/** An empty file or folder, as the runtime makes it. */
function isStub({ upper }: Layers, path: string): boolean {
  const found = lstatSync(join(upper, path), { throwIfNoEntry: false });
  return found === undefined || found.isDirectory() || found.size === 0;
}
