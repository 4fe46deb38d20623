import { statSync } from "node:fs";
import { join, posix } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { makeReadOnly, unmountAll } from "../host/mount.ts";
import { bindMountOnto } from "../host/mount-onto.ts";
import { makeFileInRoot, makeFolderInRoot, openInRoot } from "../host/path-in-root.ts";
import { withMountedRootfs } from "../runtime/rootfs.ts";
import type { OciMount } from "../runtime/spec/oci.ts";
import { closeMountPoints, ociMounts } from "../volumes/oci-mounts.ts";
import { type Container, isAlive, pidOf } from "./container.ts";
import { keptNetworkFileMounts } from "./container-network.ts";
import { mountsOf } from "./rootfs-of.ts";

export type RootEngine = Pick<Engine, "config" | "containerd" | "containers" | "images" | "volumes">;

/**
 * Runs `use` with a descriptor of a container's root as the container sees it, volumes included; running or not.
 * Only what is opened through the descriptor with `openInRoot` is inside.
 */
export async function withContainerRoot<T>(
  engine: RootEngine,
  container: Container,
  use: (rootFd: number) => Promise<T>,
): Promise<T> {
  if (isAlive(container)) return withLiveRoot(engine, container, use);
  using _lock = await engine.containers.lock(container.id);
  const now = engine.containers.get(container.id);
  return isAlive(now) ? withLiveRoot(engine, now, use) : withStoppedRoot(engine, now, use);
}

async function withLiveRoot<T>(
  engine: RootEngine,
  container: Container,
  use: (rootFd: number) => Promise<T>,
): Promise<T> {
  const pid = pidOf(container);
  using root = openInRoot(`/proc/${pid}/root`, "/");
  // Had it ended before the root was opened, the number could by now be another process's.
  const task = await engine.containerd.tasks.get({ id: container.id });
  if (task.pid !== pid || task.exit !== undefined)
    throw new TdockError("conflict", `container ${container.id} has just ended`);
  return await use(root.fd);
}

async function withStoppedRoot<T>(
  engine: RootEngine,
  container: Container,
  use: (rootFd: number) => Promise<T>,
): Promise<T> {
  const mounts = [...keptNetworkFileMounts(engine, container), ...(await ociMounts(engine, container))];
  const rootfs = await mountsOf(engine, container);
  const folder = join(engine.config.execRoot, "mounts");
  try {
    return await withMountedRootfs(rootfs, { folder, name: container.id }, async (path) => {
      try {
        for (const mount of mounts) if (mount.type === "bind") bindInto(path, mount);
        // A link in a volume may lead back into the root.
        if (container.hostConfig.ReadonlyRootfs === true) makeReadOnly(path);
        using root = openInRoot(path, "/");
        return await use(root.fd);
      } finally {
        unmountAll(path);
      }
    });
  } finally {
    await closeMountPoints(engine, container);
  }
}

/** The place is opened before it is mounted on, so that no link in the root can lead the mount astray. */
function bindInto(root: string, { source, destination, options }: OciMount): void {
  const path = posix.normalize(destination);
  using place = statSync(source).isDirectory() ? makeFolderInRoot(root, path) : makeFileInRoot(root, path);
  bindMountOnto(source, place, { recursive: options.includes("rbind"), readOnly: options.includes("ro") });
}
