import { randomUUID } from "node:crypto";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../../engine.ts";

/**
 * Where overlayfs keeps a committed snapshot's own files. Throws `not-found`, and `not-implemented` for another
 * snapshotter's.
 */
export async function layerFolder(
  { containerd: { snapshots } }: Pick<Engine, "containerd">,
  name: string,
): Promise<string> {
  const key = `layer-${randomUUID()}`;
  const [mount] = await snapshots.view({ key, parent: name, labels: { "containerd.io/gc.root": "1" } });
  await snapshots.remove(key);
  const lower = mount?.options.find((option) => option.startsWith("lowerdir="))?.slice("lowerdir=".length);
  const folder = mount?.type === "bind" ? mount.source : lower?.split(":")[0];
  if (folder !== undefined) return folder;
  throw new TdockError("not-implemented", "the files of a layer are found in containerd's overlayfs snapshotter only");
}
