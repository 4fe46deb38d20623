import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { rewriteFileSync } from "../../host/atomic-file.ts";
import { dieWithServer } from "../../host/die-with-server.ts";
import { runOrThrow } from "../../host/run-command.ts";
import type { OciMount } from "../../runtime/spec/oci.ts";
import type { BindMount, CacheMount, SecretMount, SshMount } from "../dockerfile/run-mount.ts";
import type { PlacedMount, RunOperation } from "../plan/operation.ts";
import { openRoot, openSource, showInRoot } from "./mount-root.ts";
import { type IndexedContext, type MountContext, OpenedMounts, type StepMounts } from "./opened-mounts.ts";

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

async function openCache(
  context: IndexedContext,
  mount: PlacedMount & CacheMount,
  opened: OpenedMounts,
): Promise<void> {
  const request = {
    id: `${context.cacheNamespace}\0${mount.id}`,
    description: mount.id,
    sharing: mount.sharing,
    mode: mount.mode ?? 0o755,
    uid: mount.uid ?? 0,
    gid: mount.gid ?? 0,
    fill: (folder: string, name: string) => fillCache(context, mount, folder, name),
  };
  const folder = await context.cacheMounts.take(request, context.signal);
  context.usedMounts.set(folder.name, mount.id);
  opened.defer(() => folder[Symbol.dispose]());
  opened.mounts.push(bind(folder.path, mount.target, mount.readOnly));
}

async function fillCache(
  context: IndexedContext,
  mount: PlacedMount & CacheMount,
  folder: string,
  name: string,
): Promise<void> {
  if (await context.importMount(name, folder)) return;
  if (mount.origin.kind === "empty") return;
  await using opened = new OpenedMounts();
  const root = await openRoot(context, await context.sourceOf(mount), opened, false);
  using place = openSource(root, mount.source);
  const seen = `/proc/${process.pid}/fd/${place.fd}`; // by another process
  await runOrThrow(...dieWithServer("cp", ["-a", "--", `${seen}/.`, folder]), { signal: context.signal });
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
  opened.secrets.push(bytes);
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
