import { randomBytes } from "node:crypto";
import type { Mount } from "@tdock/containerd/mount";
import { isError } from "@tdock/errors/error";
import type { Engine } from "../../engine.ts";
import { overlayFolders } from "../../images/layer/overlay-folders.ts";
import { buildPrefix } from "../../runtime/build-step-name.ts";

/** A layer while it is being made. */
export interface OpenLayer {
  /** Key of the active snapshot. */
  readonly key: string;
  /** How to mount the root with the layer on top. Nobody has mounted it. */
  readonly mounts: readonly Mount[];
  /** The folder that holds what the layer changes. Write to it only while the root is not mounted. */
  readonly upper: string;
}

/** Without it containerd's collector takes what nothing refers to. */
const keepLabel = { "containerd.io/gc.root": "1" };

/** A name for something of a build that nothing else has. */
export function newBuildName(): string {
  return buildPrefix + randomBytes(12).toString("hex");
}

/**
 * Makes a layer over `parent` ("" for none): `write` fills it, then it is committed under `name`, which is returned.
 * When `write` fails, nothing is left, unless `keep` wants the layer as it is; then it is committed all the same and
 * `keep` gets its name.
 */
export async function makeLayer(
  { containerd }: Pick<Engine, "containerd">,
  { name, parent }: { readonly name: string; readonly parent: string },
  write: (layer: OpenLayer) => Promise<void>,
  keep?: (name: string) => void,
): Promise<string> {
  const key = `${name}-active`;
  const mounts = await containerd.snapshots.prepare({ key, ...(parent !== "" && { parent }), labels: keepLabel });
  try {
    await write({ key, mounts, upper: overlayFolders(mounts).upper });
  } catch (thrown) {
    if (keep === undefined) await removeSnapshot(containerd, key);
    else {
      await containerd.snapshots.commit({ key, name, labels: keepLabel });
      keep(name);
    }
    throw thrown;
  }
  await containerd.snapshots.commit({ key, name, labels: keepLabel });
  return name;
}

/** Removes a snapshot. Does nothing when it is gone. */
export async function removeSnapshot({ snapshots }: Engine["containerd"], key: string): Promise<void> {
  try {
    await snapshots.remove(key);
  } catch (thrown) {
    if (!isError(thrown, "not-found")) throw thrown;
  }
}
