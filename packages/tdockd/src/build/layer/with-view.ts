import { join } from "node:path";
import type { Mount } from "@tdock/containerd/mount";
import type { Engine } from "../../engine.ts";
import { withMountedRootfs } from "../../runtime/rootfs.ts";
import { newBuildName, removeSnapshot } from "./make-layer.ts";

type ViewEngine = Pick<Engine, "config" | "containerd">;

/** Mounts a committed snapshot, read-only, for as long as `use` runs. `use` gets a folder below which nothing is trusted. */
export async function withView<T>(
  engine: ViewEngine,
  snapshot: string,
  use: (root: string) => Promise<T> | T,
): Promise<T> {
  const key = newBuildName();
  const mounts = await engine.containerd.snapshots.view({
    key,
    parent: snapshot,
    labels: { "containerd.io/gc.root": "1" },
  });
  try {
    return await withMounts(engine, key, mounts, use);
  } finally {
    await removeSnapshot(engine.containerd, key);
  }
}

/** Mounts a snapshot's mounts for as long as `use` runs. */
export function withMounts<T>(
  { config }: Pick<Engine, "config">,
  name: string,
  mounts: readonly Mount[],
  use: (root: string) => Promise<T> | T,
): Promise<T> {
  return withMountedRootfs(mounts, { folder: join(config.execRoot, "mounts"), name }, use);
}
