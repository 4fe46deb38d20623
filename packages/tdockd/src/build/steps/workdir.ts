import { isError } from "@tdock/errors/error";
import { readIdentityFiles } from "../../runtime/identity.ts";
import { type IdentityFiles, resolveUser } from "../../runtime/spec/user.ts";
import { type Placement, place } from "../copy/place.ts";
import type { OpenLayer } from "../layer/make-layer.ts";
import { withMounts } from "../layer/with-view.ts";
import { writeUpper } from "../layer/write-upper.ts";
import type { WorkdirOperation } from "../plan/operation.ts";
import type { BuildRun } from "../solve/build-run.ts";
import { DiskTree } from "../tree/disk-tree.ts";
import { resolvePath } from "../tree/resolve.ts";

/** Carries out WORKDIR: makes the folder where it is missing; what is there stays as it is. */
export async function makeWorkdir(run: BuildRun, layer: OpenLayer, { path, user }: WorkdirOperation): Promise<void> {
  const placement = await withMounts(run.engine, layer.key, layer.view, (root) => {
    const lower = new DiskTree(root);
    const placement: Placement = new Map();
    if (resolvePath(lower, path.slice(1))?.entry.kind === "folder") return placement;
    const { uid, gid } = ownerOf(user, readIdentityFiles(root));
    const now = run.epoch ?? Math.floor(run.engine.now().getTime() / 1000);
    const folder = { kind: "folder", mode: 0o755, uid, gid, mtime: now } as const;
    const selected = [{ name: "", root: folder, entries: [], source: path }];
    const options = {
      destination: path,
      link: false,
      now,
      owner: { uid, gid },
      instruction: "WORKDIR",
      replaceFiles: false,
    };
    place(lower, selected, options, placement);
    return placement;
  });
  await writeUpper(layer.upper, placement, { linkable: undefined, signal: run.signal });
}

/** USER may name somebody whom only a later step makes: the folder is root's then, as BuildKit's is. */
function ownerOf(user: string, files: IdentityFiles): { readonly uid: number; readonly gid: number } {
  try {
    return resolveUser(user, [], files);
  } catch (thrown) {
    if (isError(thrown, "invalid-argument", "user-not-found")) return { uid: 0, gid: 0 };
    throw thrown;
  }
}
