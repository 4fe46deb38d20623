import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Mount } from "@tdock/containerd/mount";
import { isError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { checkSystemFolders, readIdentityFiles } from "../runtime/identity.ts";
import { prepareRootfs, withMountedRootfs } from "../runtime/rootfs.ts";
import type { IdentityFiles } from "../runtime/spec/user.ts";
import type { Container } from "./container.ts";

export interface RootfsFacts {
  readonly mounts: readonly Mount[];
  readonly identity: IdentityFiles;
}

/** What was read from a root that nothing has written to yet depends on the image alone. */
const byParent = new Map<string, IdentityFiles>();
const cacheLimit = 200;

/**
 * A container's root, ready to be started from: its mounts, and the files that names are looked up in.
 * A root that is missing is made again. Throws `invalid-argument` for a root that runc must not see.
 */
export async function rootfsOf(
  engine: Pick<Engine, "config" | "containerd">,
  container: Container,
): Promise<RootfsFacts> {
  const { id, parentSnapshot, status } = container;
  const mounts = await mountsOf(engine, container);
  const isFresh = status.kind === "created" && isUntouched(mounts);
  const known = isFresh ? byParent.get(parentSnapshot) : undefined;
  if (known !== undefined) return { mounts, identity: known };
  const identity = await withMountedRootfs(
    mounts,
    { folder: join(engine.config.execRoot, "mounts"), name: id },
    (root) => {
      checkSystemFolders(root);
      return readIdentityFiles(root);
    },
  );
  if (isFresh) {
    if (byParent.size >= cacheLimit) byParent.clear();
    byParent.set(parentSnapshot, identity);
  }
  return { mounts, identity };
}

/** Files may have been copied into a container that was never started. */
function isUntouched([mount]: readonly Mount[]): boolean {
  const upper = mount?.options.find((option) => option.startsWith("upperdir="))?.slice("upperdir=".length);
  return upper !== undefined && readdirSync(upper).length === 0;
}

export async function mountsOf(
  { containerd }: Pick<Engine, "containerd">,
  { id, parentSnapshot }: Container,
): Promise<readonly Mount[]> {
  try {
    return await containerd.snapshots.mounts(id);
  } catch (thrown) {
    if (!isError(thrown, "not-found")) throw thrown;
    return prepareRootfs(containerd, { key: id, parent: parentSnapshot });
  }
}
