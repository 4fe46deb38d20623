import { lstat } from "node:fs/promises";
import { TdockError } from "@tdock/errors/error";
import { numbersOf } from "../../host/special-file.ts";
import type { OciDevice, OciDeviceRule, OciHook, OciHooks, OciMount } from "../spec/oci.ts";
import type { CdiDevice } from "./find-devices.ts";
import type { CdiEdits } from "./specification.ts";

type Node = CdiEdits["deviceNodes"][number];

/** What the devices of a container change of its OCI spec. */
export interface CombinedEdits {
  readonly env: readonly string[];
  readonly devices: readonly OciDevice[];
  readonly rules: readonly OciDeviceRule[];
  readonly mounts: readonly OciMount[];
  readonly hooks: OciHooks | undefined;
  readonly additionalGids: readonly number[];
}

/** Puts together what devices ask for; what a file asks for all of its devices comes first, and once. */
export async function combineEdits(devices: readonly CdiDevice[]): Promise<CombinedEdits> {
  const shared = new Map(devices.map(({ path, sharedEdits }) => [path, sharedEdits]));
  const all = [...shared.values(), ...devices.map(({ edits }) => edits)];
  const nodes = await Promise.all(all.flatMap(({ deviceNodes }) => deviceNodes).map(completeNode));
  return {
    env: all.flatMap(({ env }) => env),
    devices: nodes.map(({ device }) => device),
    rules: nodes.flatMap(({ rule }) => rule ?? []),
    mounts: all.flatMap(({ mounts }) => mounts).map(mountOf),
    hooks: hooksOf(all.flatMap(({ hooks }) => hooks)),
    additionalGids: all.flatMap(({ additionalGids }) => additionalGids),
  };
}

/** What a file does not say of a node is that of the host's. */
async function completeNode(node: Node): Promise<{ device: OciDevice; rule: OciDeviceRule | undefined }> {
  const { path, fileMode, uid, gid } = node;
  const { type, major, minor } = await numbersOfNode(node);
  const device = {
    path,
    type,
    major,
    minor,
    ...(fileMode !== undefined && { fileMode }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  };
  if (type === "p") return { device, rule: undefined };
  return { device, rule: { allow: true, type, major, minor, access: node.permissions || "rwm" } };
}

async function numbersOfNode(node: Node): Promise<Pick<OciDevice, "type" | "major" | "minor">> {
  const type = node.type === "u" ? "c" : node.type || undefined;
  if (type === "p") return { type, major: 0, minor: 0 };
  if (type !== undefined && node.major) return { type, major: node.major, minor: node.minor ?? 0 };
  const hostPath = node.hostPath || node.path;
  const found = await lstat(hostPath).catch((cause: Error) => {
    throw new TdockError("invalid-argument", `CDI device node ${hostPath}: ${cause.message}`, { cause });
  });
  if (!found.isCharacterDevice() && !found.isBlockDevice()) {
    throw new TdockError("invalid-argument", `CDI device node ${hostPath}: not a device`);
  }
  const hostType = found.isBlockDevice() ? "b" : "c";
  if (type !== undefined && type !== hostType) {
    throw new TdockError("invalid-argument", `CDI device node ${hostPath}: wanted type ${type}, got ${hostType}`);
  }
  return { type: hostType, ...numbersOf(found.rdev) };
}

function mountOf({ hostPath, containerPath, options, type }: CdiEdits["mounts"][number]): OciMount {
  const isBind = !type || type === "bind" || options.some((option) => /^r?bind$/.test(option));
  const bind = isBind && !options.some((option) => /^r?bind$/.test(option)) ? ["rbind"] : [];
  return {
    destination: containerPath,
    type: isBind ? "bind" : (type ?? ""),
    source: hostPath,
    options: [...bind, ...options],
  };
}

function hooksOf(hooks: CdiEdits["hooks"]): OciHooks | undefined {
  if (hooks.length === 0) return undefined;
  const byName: Record<string, OciHook[]> = {};
  for (const { hookName, path, args, env, timeout } of hooks) {
    const hook = { path, ...(args.length > 0 && { args }), ...(env.length > 0 && { env }) };
    byName[hookName] = [...(byName[hookName] ?? []), { ...hook, ...(timeout !== undefined && { timeout }) }];
  }
  return byName;
}
