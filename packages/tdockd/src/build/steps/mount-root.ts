import { fstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Mount } from "@tdock/containerd/mount";
import { TdockError } from "@tdock/errors/error";
import { touchFileSync } from "../../host/atomic-file.ts";
import { bindMount, mountFileSystem, unmount } from "../../host/mount.ts";
import { openInRoot } from "../../host/path-in-root.ts";
import { newBuildName, removeSnapshot } from "../layer/make-layer.ts";
import { volatileMounts } from "../layer/step-mounts.ts";
import { withMounts } from "../layer/with-view.ts";
import { writeUpper } from "../layer/write-upper.ts";
import { walkTree } from "../tree/walk-tree.ts";
import type { IndexedContext, OpenedMounts } from "./opened-mounts.ts";
import type { Source } from "./source.ts";

/** Mounts or lays out a source; what is written to it is thrown away with the step. */
export async function openRoot(
  context: IndexedContext,
  source: Source,
  opened: OpenedMounts,
  writable: boolean,
): Promise<string> {
  if (source.kind === "tree") return layOut(context, source, opened, writable);
  const { snapshots } = context.engine.containerd;
  const key = newBuildName();
  const request = {
    key,
    ...(source.snapshot !== "" && { parent: source.snapshot }),
    labels: { "containerd.io/gc.root": "1" },
  };
  const mounts = writable || source.snapshot === "" ? await snapshots.prepare(request) : await snapshots.view(request);
  opened.defer(() => removeSnapshot(context.engine.containerd, key));
  return mountHere(context, writable ? volatileMounts(mounts) : mounts, opened);
}

/** A mount that stays until the step is over. */
async function mountHere(context: IndexedContext, mounts: readonly Mount[], opened: OpenedMounts): Promise<string> {
  const over = Promise.withResolvers<void>();
  const mounted = Promise.withResolvers<string>();
  const done = withMounts(context.engine, newBuildName(), mounts, async (root) => {
    mounted.resolve(root);
    await over.promise;
  });
  done.catch(mounted.reject);
  opened.defer(() => {
    over.resolve();
    return done;
  });
  return mounted.promise;
}

/** Writes a context's files out under their names, sharing their bytes; over a scratch layer when they may be written. */
async function layOut(
  { scratch, index, signal }: IndexedContext,
  source: Extract<Source, { kind: "tree" }>,
  opened: OpenedMounts,
  writable: boolean,
): Promise<string> {
  const files = join(scratch, `bind-${index}`);
  mkdirSync(files, { recursive: true });
  await writeUpper(files, walkTree(await source.tree(), ""), { linkable: source.folder, signal });
  if (!writable) return files;
  const [upper, work, merged] = ["upper", "work", "merged"].map((name) => join(scratch, `${name}-${index}`)) as [
    string,
    string,
    string,
  ];
  for (const made of [upper, work, merged]) mkdirSync(made);
  const data = `lowerdir=${files},upperdir=${upper},workdir=${work}`;
  const [mount] = volatileMounts([{ type: "overlay", source: "overlay", options: [data] }]) as [Mount];
  mountFileSystem({ type: "overlay", source: "overlay", target: merged, data: mount.options.join(",") });
  opened.defer(() => unmount(merged, { lazy: true }));
  return merged;
}

/** Pins a place inside a root, found by the kernel, and shows it under a name of ours that runc can be given. */
export function showInRoot(
  { folder, index }: IndexedContext,
  root: string,
  path: string,
  opened: OpenedMounts,
): string {
  using place = openSource(root, path);
  const shown = join(folder, `source-${index}`);
  if (fstatSync(place.fd).isDirectory()) mkdirSync(shown);
  else touchFileSync(shown);
  bindMount(place.path, shown);
  opened.defer(() => unmount(shown, { lazy: true }));
  return shown;
}

/** Opens a place inside a root, found by the kernel. Throws `invalid-argument` when it is not there. */
export function openSource(root: string, path: string) {
  try {
    return openInRoot(root, path === "" ? "/" : path);
  } catch (cause) {
    throw new TdockError("invalid-argument", `RUN --mount: no such source: ${path}`, { cause });
  }
}
