import { join } from "node:path";
import type { containerExport } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import type { Output } from "@tdock/api/output";
import type { Engine } from "../engine.ts";
import { archiveRoot } from "../host/archive-root.ts";
import { overlayFolders } from "../images/layer/overlay-folders.ts";
import { withMountedRootfs } from "../runtime/rootfs.ts";
import { containerEvent } from "./event.ts";
import { mountsOf } from "./rootfs-of.ts";

/** Sends a container's root as a tar archive, without what is mounted into it. */
export async function exportContainer(
  engine: Pick<Engine, "config" | "containerd" | "containers" | "events">,
  input: Input<typeof containerExport>,
  out: Output,
): Promise<void> {
  const container = engine.containers.get(input.id);
  const mounts = readOnly(await mountsOf(engine, container));
  const place = {
    folder: join(engine.config.execRoot, "mounts"),
    name: `${container.id}-export-${process.hrtime.bigint()}`,
  };
  await withMountedRootfs(mounts, place, async (root) => {
    await archiveRoot(root, out.signal, async (bytes) => {
      out.begin({ contentType: "application/octet-stream" });
      await out.pipe(bytes);
    });
  });
  containerEvent(engine, container, "export");
}

/** The upper folder may be in use by a running container: it is looked at as one more lower one. */
function readOnly(mounts: Awaited<ReturnType<typeof mountsOf>>): typeof mounts {
  return mounts.map((mount) => {
    if (mount.type !== "overlay") return { ...mount, options: [...mount.options.filter((one) => one !== "rw"), "ro"] };
    const { upper, lowers } = overlayFolders(mounts);
    return { ...mount, options: [`lowerdir=${[upper, ...lowers].join(":")}`, "ro"] };
  });
}
