import { chmodSync, chownSync, lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Mount } from "@tdock/containerd/mount";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../../engine.ts";
import { rewriteFileSync, touchFileSync } from "../../host/atomic-file.ts";
import { bindMount, mountFileSystem, unmount } from "../../host/mount.ts";
import { openInRoot } from "../../host/path-in-root.ts";
import { runOrThrow } from "../../host/run-command.ts";
import type { OciMount } from "../../runtime/spec/oci.ts";
import type { CacheMounts } from "../cache/cache-mounts.ts";
import type { BindMount, CacheMount, SecretMount, SshMount } from "../dockerfile/run-mount.ts";
import { newBuildName, removeSnapshot } from "../layer/make-layer.ts";
import { withMounts } from "../layer/with-view.ts";
import { writeUpper } from "../layer/write-upper.ts";
import type { PlacedMount, RunOperation } from "../plan/operation.ts";
import type { Source } from "./source.ts";

/** What a step's mounts are made from. */
export interface MountContext {
  readonly engine: Pick<Engine, "config" | "containerd">;
  readonly cacheMounts: CacheMounts;
  /** Distinguishes equal cache IDs of different projects. */
  readonly cacheNamespace: string;
  /** A folder of the step in the exec root: sockets, secrets, mount points. */
  readonly folder: string;
  /** A folder of the step in the data root: files that are laid out for it. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  sourceOf(mount: PlacedMount): Promise<Source>;
  /** A secret's bytes, or `undefined` when the client has none of that ID. */
  secret(id: string): Promise<Uint8Array | undefined>;
  /** Listens on a socket at `path` and passes connections on to the client's agent; `false` when it has none. */
  forwardAgent(id: string, path: string): Promise<AsyncDisposable | undefined>;
}

/** The mounts of one RUN, ready to be put into its spec. Disposing of it undoes them. */
export interface StepMounts extends AsyncDisposable {
  readonly mounts: readonly OciMount[];
  /** Variables that secrets and agents bring. */
  readonly env: readonly string[];
}

/** Makes what `RUN --mount` asks for. On failure nothing is left. */
export async function openStepMounts(context: MountContext, operation: RunOperation): Promise<StepMounts> {
  const opened = new OpenedMounts();
  try {
    for (const [index, mount] of operation.mounts.entries()) {
      await openMount({ ...context, index }, mount, opened);
    }
    if (operation.script !== undefined) openScript(context, operation.script, opened);
    return opened;
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

type IndexedContext = MountContext & { readonly index: number };

class OpenedMounts implements StepMounts {
  readonly mounts: OciMount[] = [];
  readonly env: string[] = [];
  private readonly undo: (() => unknown)[] = [];

  /** Runs when the mounts are taken away, the last first. */
  defer(undo: () => unknown): void {
    this.undo.push(undo);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (let undo = this.undo.pop(); undo !== undefined; undo = this.undo.pop()) await undo();
  }
}

async function openMount(context: IndexedContext, mount: PlacedMount, opened: OpenedMounts): Promise<void> {
  switch (mount.type) {
    case "bind":
      return openBind(context, mount, opened);
    case "cache":
      return openCache(context, mount, opened);
    case "tmpfs": {
      const size = mount.sizeBytes === 0 ? [] : [`size=${mount.sizeBytes}`];
      const options = ["nosuid", "nodev", "noexec", ...size, ...(mount.readOnly ? ["ro"] : [])];
      opened.mounts.push({ destination: mount.target, type: "tmpfs", source: "tmpfs", options });
      return;
    }
    case "secret":
      return openSecret(context, mount, opened);
    case "ssh":
      return openAgent(context, mount, opened);
  }
}

function bind(source: string, destination: string, readOnly: boolean): OciMount {
  return { destination, type: "bind", source, options: ["rbind", "rprivate", readOnly ? "ro" : "rw"] };
}

async function openBind(context: IndexedContext, mount: PlacedMount & BindMount, opened: OpenedMounts): Promise<void> {
  const root = await openRoot(context, await context.sourceOf(mount), opened, !mount.readOnly);
  const place = showInRoot(context, root, mount.source, opened);
  opened.mounts.push(bind(place, mount.target, mount.readOnly));
}

/** Mounts or lays out a source; what is written to it is thrown away with the step. */
async function openRoot(
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
  return mountHere(context, mounts, opened);
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
  await writeUpper(files, new Map((await source.tree()).all()), { linkable: source.folder, signal });
  if (!writable) return files;
  const [upper, work, merged] = ["upper", "work", "merged"].map((name) => join(scratch, `${name}-${index}`)) as [
    string,
    string,
    string,
  ];
  for (const made of [upper, work, merged]) mkdirSync(made);
  const data = `lowerdir=${files},upperdir=${upper},workdir=${work}`;
  mountFileSystem({ type: "overlay", source: "overlay", target: merged, data });
  opened.defer(() => unmount(merged, { lazy: true }));
  return merged;
}

/** Pins a place inside a root, found by the kernel, and shows it under a name of ours that runc can be given. */
function showInRoot({ folder, index }: IndexedContext, root: string, path: string, opened: OpenedMounts): string {
  using place = openSource(root, path);
  const isFolder = lstatSync(`${place.path}/`, { throwIfNoEntry: false })?.isDirectory() === true;
  const shown = join(folder, `source-${index}`);
  if (isFolder) mkdirSync(shown);
  else touchFileSync(shown);
  bindMount(place.path, shown);
  opened.defer(() => unmount(shown, { lazy: true }));
  return shown;
}

function openSource(root: string, path: string) {
  try {
    return openInRoot(root, path === "" ? "/" : path);
  } catch (cause) {
    throw new TdockError("invalid-argument", `RUN --mount: no such source: ${path}`, { cause });
  }
}

async function openCache(
  context: IndexedContext,
  mount: PlacedMount & CacheMount,
  opened: OpenedMounts,
): Promise<void> {
  const request = {
    id: `${context.cacheNamespace}\0${mount.id}`,
    sharing: mount.sharing,
    mode: mount.mode ?? 0o755,
    uid: mount.uid ?? 0,
    gid: mount.gid ?? 0,
    fill: (folder: string) => fillCache(context, mount, folder),
  };
  const folder = await context.cacheMounts.take(request, context.signal);
  opened.defer(() => folder[Symbol.dispose]());
  opened.mounts.push(bind(folder.path, mount.target, mount.readOnly));
}

async function fillCache(context: IndexedContext, mount: PlacedMount & CacheMount, folder: string): Promise<void> {
  if (mount.origin.kind === "empty") return;
  await using opened = new OpenedMounts();
  const root = await openRoot(context, await context.sourceOf(mount), opened, false);
  using place = openSource(root, mount.source);
  await runOrThrow("cp", ["-a", "--", `${place.path}/.`, folder], { signal: context.signal });
}

async function openSecret(
  context: IndexedContext,
  mount: PlacedMount & SecretMount,
  opened: OpenedMounts,
): Promise<void> {
  const bytes = await context.secret(mount.id);
  if (bytes === undefined) {
    if (!mount.required) return;
    throw new TdockError("invalid-argument", `secret ${mount.id}: not found`, { reason: "secret-missing" });
  }
  if (mount.env !== "") opened.env.push(`${mount.env}=${Buffer.from(bytes).toString()}`);
  if (mount.target === "") return;
  const file = join(context.folder, `secret-${context.index}`);
  rewriteFileSync(file, bytes, 0o600);
  opened.defer(() => rewriteFileSync(file, "", 0o600));
  chownSync(file, mount.uid ?? 0, mount.gid ?? 0);
  chmodSync(file, mount.mode ?? 0o400);
  opened.mounts.push(bind(file, mount.target, true));
}

async function openAgent(context: IndexedContext, mount: PlacedMount & SshMount, opened: OpenedMounts): Promise<void> {
  const socket = join(context.folder, `agent-${context.index}`);
  const forward = await context.forwardAgent(mount.id, socket);
  if (forward === undefined) {
    if (!mount.required) return;
    throw new TdockError("invalid-argument", `ssh ${mount.id}: no agent or key`, { reason: "ssh-missing" });
  }
  opened.defer(() => forward[Symbol.asyncDispose]());
  chownSync(socket, mount.uid ?? 0, mount.gid ?? 0);
  chmodSync(socket, mount.mode ?? 0o600);
  const target = mount.target || `/run/buildkit/ssh_agent.${context.index}`;
  opened.mounts.push(bind(socket, target, false));
  if (!opened.env.some((entry) => entry.startsWith("SSH_AUTH_SOCK="))) opened.env.push(`SSH_AUTH_SOCK=${target}`);
}

function openScript(
  { folder }: MountContext,
  { name, content }: NonNullable<RunOperation["script"]>,
  opened: OpenedMounts,
): void {
  if (name.includes("/")) throw new TdockError("invalid-argument", `a heredoc cannot be named ${name}`);
  const scripts = join(folder, "pipes");
  mkdirSync(scripts);
  rewriteFileSync(join(scripts, name), content, 0o755);
  chmodSync(join(scripts, name), 0o755);
  opened.mounts.push(bind(scripts, "/dev/pipes", true));
}
