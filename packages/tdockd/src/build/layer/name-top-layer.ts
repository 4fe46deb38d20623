import { isError } from "@tdock/errors/error";
import { chainIdsOf } from "../../images/chain-id.ts";
import { buildPrefix } from "../../runtime/build-step-name.ts";
import type { BuildEngine } from "../build-engine.ts";
import { newBuildName, removeSnapshot } from "./make-layer.ts";

/** A stack of layers: the top one's snapshot, and the digests of all of them. */
export interface LayerStack {
  readonly snapshot: string;
  readonly diffIds: readonly string[];
}

/**
 * Gives the top layer the name that containers and other images look for: an empty layer over the step's own, which
 * cannot be renamed. Its name is told by the digests of all layers, which are known only now.
 */
export async function nameTopLayer(
  { containerd }: Pick<BuildEngine, "containerd">,
  { snapshot, diffIds }: LayerStack,
  lease: string,
): Promise<void> {
  const name = chainIdsOf(diffIds).at(-1);
  if (name === undefined || !snapshot.startsWith(buildPrefix)) return;
  const key = newBuildName();
  try {
    if (await exists(containerd, name)) return;
    await containerd.snapshots.prepare({ key, parent: snapshot }, { lease });
    await containerd.snapshots.commit({ key, name, labels: { "containerd.io/snapshot.ref": name } }, { lease });
  } catch (thrown) {
    await removeSnapshot(containerd, key);
    if (!isError(thrown, "conflict")) throw thrown;
  }
}

async function exists({ snapshots }: BuildEngine["containerd"], name: string): Promise<boolean> {
  return snapshots.stat(name).then(
    () => true,
    (thrown) => {
      if (isError(thrown, "not-found")) return false;
      throw thrown;
    },
  );
}
