import { closeSync, lstatSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Mount } from "@tdock/containerd/mount";
import { isError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { type OverlayFolders, overlayFolders } from "../images/layer/overlay-folders.ts";
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
  const mounts = await mountsOf(engine, container);
  const identity = await identityOf(engine, container, mounts);
  if (container.status.kind === "created") markAsContainer(overlayFolders(mounts));
  return { mounts, identity };
}

async function identityOf(
  engine: Pick<Engine, "config">,
  { id, parentSnapshot, status }: Container,
  mounts: readonly Mount[],
): Promise<IdentityFiles> {
  const isFresh = status.kind === "created" && isUntouched(mounts);
  const known = isFresh ? byParent.get(parentSnapshot) : undefined;
  if (known !== undefined) return known;
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
  return identity;
}

/** Scripts tell by this file that they are in a container. What the image has in its place stays. */
function markAsContainer({ upper, lowers }: OverlayFolders): void {
  if ([upper, ...lowers].some((layer) => lstatSync(`${layer}/.dockerenv`, { throwIfNoEntry: false }))) return;
  closeSync(openSync(`${upper}/.dockerenv`, "wx", 0o755));
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
