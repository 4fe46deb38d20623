import { randomBytes } from "node:crypto";
import type { Mount } from "@tdock/containerd/mount";
import { isError } from "@tdock/errors/error";
import type { Engine } from "../../engine.ts";
import { linkedLayerLabel } from "../../images/built-layer.ts";
import { overlayFolders } from "../../images/layer/overlay-folders.ts";
import { buildPrefix } from "../../runtime/build-step-name.ts";
import { readOnlyMounts, volatileMounts } from "./step-mounts.ts";

/** A layer while it is being made. */
export interface OpenLayer {
  /** Key of the active snapshot. */
  readonly key: string;
  /** How to mount the root with the layer on top, to be read. Nobody has mounted it. */
  readonly view: readonly Mount[];
  /** How to mount it for a process that writes to it: once at most. */
  readonly root: readonly Mount[];
  /** The folder that holds what the layer changes. Write to it only while the root is not mounted. */
  readonly upper: string;
}

/** A layer that is made: nothing in it changes any more. */
export interface CommittedLayer {
  /** Of the snapshot. */
  readonly name: string;
  /** The folder that holds what the layer changes. */
  readonly folder: string;
}

export interface NewLayer {
  readonly name: string;
  /** "" for none. */
  readonly parent: string;
  /** Files of it may be those of a build context, which other layers take over as well. */
  readonly isLinked?: boolean;
}

/** Without it containerd's collector takes what nothing refers to. */
const keepLabel = { "containerd.io/gc.root": "1" };

/** A name for something of a build that nothing else has. */
export function newBuildName(): string {
  return buildPrefix + randomBytes(12).toString("hex");
}

/**
 * Makes a layer over `parent`: `write` fills it, then it is committed under `name`.
 * When `write` fails, nothing is left, unless `keep` wants the layer as it is; then it is committed all the same and
 * `keep` gets it.
 */
export async function makeLayer(
  { containerd }: Pick<Engine, "containerd">,
  { name, parent, isLinked = false }: NewLayer,
  write: (layer: OpenLayer) => Promise<void>,
  keep?: (layer: CommittedLayer) => void,
): Promise<CommittedLayer> {
  const key = `${name}-active`;
  const mounts = await containerd.snapshots.prepare({ key, ...(parent !== "" && { parent }), labels: keepLabel });
  const { upper } = overlayFolders(mounts);
  const labels = { ...keepLabel, ...(isLinked && { [linkedLayerLabel]: upper }) };
  try {
    await write({ key, view: readOnlyMounts(mounts), root: volatileMounts(mounts), upper });
  } catch (thrown) {
    if (keep === undefined) await removeSnapshot(containerd, key);
    else {
      await containerd.snapshots.commit({ key, name, labels });
      keep({ name, folder: upper });
    }
    throw thrown;
  }
  await containerd.snapshots.commit({ key, name, labels });
  return { name, folder: upper };
}

/** Removes a snapshot. Does nothing when it is gone. */
export async function removeSnapshot({ snapshots }: Engine["containerd"], key: string): Promise<void> {
  try {
    await snapshots.remove(key);
  } catch (thrown) {
    if (!isError(thrown, "not-found")) throw thrown;
  }
}
