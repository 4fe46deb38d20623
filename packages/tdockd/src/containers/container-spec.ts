import { existsSync } from "node:fs";
import { posix } from "node:path";
import type { ContainerConfig } from "@tdock/api/container-config";
import type { HostConfig } from "@tdock/api/host-config";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { combineEdits } from "../runtime/cdi/combine-edits.ts";
import { selectCdiDevices } from "../runtime/cdi/select-devices.ts";
import { isUnifiedCgroup } from "../runtime/machine.ts";
import { allDevicesRule, hostDevices, parseDeviceRule, resolveDevice } from "../runtime/spec/devices.ts";
import { containerEnvironment, mergeEnvironment } from "../runtime/spec/environment.ts";
import { fileMount } from "../runtime/spec/mounts.ts";
import type { OciMount, OciSpec } from "../runtime/spec/oci.ts";
import { resolveResources, resolveRlimits } from "../runtime/spec/resources.ts";
import { buildSpec, type NamespaceSource } from "../runtime/spec/spec.ts";
import { type IdentityFiles, resolveUser } from "../runtime/spec/user.ts";
import type { Container } from "./container.ts";
import { namespaceSource } from "./modes.ts";

/** What is known only when a container is about to start. */
export interface LaunchFacts {
  readonly identity: IdentityFiles;
  readonly network: NamespaceSource;
  readonly hostname: string;
  /** Mounts of the container's own volumes, binds and files. */
  readonly mounts: readonly OciMount[];
  readonly shmSource: string | null | undefined;
}

const defaultShmBytes = 64 * 1024 * 1024;
/** A fork bomb must not take the host with it; `--pids-limit -1` lifts it. */
const defaultPidsLimit = 4096;
const initPath = "/sbin/docker-init";
const hostInitPath = "/usr/bin/tini-static";

/** The OCI spec of a container's next start. Throws `invalid-argument` for a user, device or limit that cannot be. */
export async function containerSpec(
  engine: Pick<Engine, "config" | "containers" | "security">,
  container: Container,
  facts: LaunchFacts,
): Promise<OciSpec> {
  const { config, hostConfig: host } = container;
  const privileged = host.Privileged === true;
  const security = engine.security.resolve(securityRequest(host));
  const { devices, rules } = await devicesOf(host);
  const cdi = await combineEdits(await selectCdiDevices(host.DeviceRequests));
  const user = resolveUser(config.User ?? "", host.GroupAdd ?? [], facts.identity);
  const env = containerEnvironment({ hostname: facts.hostname, tty: config.Tty === true, env: config.Env ?? [] });
  const unconfined = privileged || security.systemPathsUnconfined;
  return buildSpec({
    args: commandLine(config, host),
    env: mergeEnvironment(env, cdi.env),
    cwd: workingDir(config),
    user: { ...user, additionalGids: [...user.additionalGids, ...cdi.additionalGids] },
    terminal: config.Tty === true,
    consoleSize: consoleSizeOf(host),
    hostname: facts.hostname,
    domainname: config.Domainname || undefined,
    readonlyRoot: host.ReadonlyRootfs === true,
    privileged,
    capabilities: security.capabilities,
    noNewPrivileges: security.noNewPrivileges,
    seccomp: security.seccomp,
    namespaces: {
      pid: namespaceSource(engine.containers, host.PidMode, "pid"),
      ipc: namespaceSource(engine.containers, host.IpcMode, "ipc"),
      uts: host.UTSMode === "host" || (facts.network === "host" && !config.Hostname) ? "host" : "private",
      network: facts.network,
      cgroup: cgroupNamespaceOf(host),
    },
    mounts: [...cdi.mounts, ...facts.mounts, ...(hasInit(host) ? [initMount()] : [])],
    shmSizeBytes: host.ShmSize || defaultShmBytes,
    shmSource: facts.shmSource,
    devices: [...devices, ...cdi.devices],
    deviceRules: [...rules, ...cdi.rules],
    hooks: cdi.hooks,
    resources: await resolveResources({ ...host, PidsLimit: host.PidsLimit || defaultPidsLimit }),
    rlimits: resolveRlimits(host.Ulimits),
    sysctls: host.Sysctls ?? {},
    oomScoreAdj: host.OomScoreAdj ?? undefined,
    cgroupsPath: cgroupPathOf(engine, container),
    maskedPaths: host.MaskedPaths ?? (unconfined ? [] : undefined),
    readonlyPaths: host.ReadonlyPaths ?? (unconfined ? [] : undefined),
    rootPropagation: rootPropagation(facts.mounts),
  });
}

/** The command of a container's first process, before any init. Throws `invalid-argument` when there is none. */
export function commandOf(config: ContainerConfig): readonly [string, ...string[]] {
  const [path, ...args] = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  if (path === undefined) throw new TdockError("invalid-argument", "no command specified");
  return [path, ...args];
}

/** Places in /proc that lead to where a process is, or to what it has open: CVE-2024-21626. */
const procLink = /^\/proc\/(self|thread-self|\d+)\/(task\/\d+\/)?(cwd|exe|fd|map_files|root)(\/|$)/;

/**
 * Where a container's processes start. A relative one counts from the root.
 * Throws `invalid-argument` for one that could lead out of the root.
 */
export function workingDir({ WorkingDir }: Pick<ContainerConfig, "WorkingDir">): string {
  const path = posix.join("/", WorkingDir || "/");
  if (!path.includes("\0") && !procLink.test(path)) return path;
  throw new TdockError("invalid-argument", `invalid working directory: ${JSON.stringify(WorkingDir)}`);
}

export function securityRequest(host: HostConfig) {
  return {
    privileged: host.Privileged === true,
    capAdd: host.CapAdd ?? [],
    capDrop: host.CapDrop ?? [],
    options: host.SecurityOpt ?? [],
  };
}

/** Docker's default: a namespace of its own where there is one hierarchy. */
export function cgroupNamespaceOf({ CgroupnsMode }: HostConfig): "private" | "host" {
  if (CgroupnsMode === "private" || CgroupnsMode === "host") return CgroupnsMode;
  return isUnifiedCgroup ? "private" : "host";
}

/** From the root of the cgroup hierarchies. */
export function cgroupPathOf({ config }: Pick<Engine, "config">, { id, hostConfig }: Container): string {
  return posix.join("/", hostConfig.CgroupParent || config.cgroupParent, id);
}

function commandLine(config: ContainerConfig, host: HostConfig): readonly string[] {
  const command = commandOf(config);
  return hasInit(host) ? [initPath, "--", ...command] : command;
}

/** As Docker: the host and another container have a first process already, which takes orphans in. */
function hasInit({ Init, PidMode }: HostConfig): boolean {
  return Init === true && (!PidMode || PidMode === "private");
}

function initMount(): OciMount {
  if (existsSync(hostInitPath)) return fileMount(hostInitPath, initPath, true);
  throw new TdockError("unavailable", `--init: no ${hostInitPath} on this host: install the package tini`);
}

function consoleSizeOf({ ConsoleSize }: HostConfig) {
  const [height = 0, width = 0] = ConsoleSize ?? [];
  return height > 0 && width > 0 ? { height, width } : undefined;
}

async function devicesOf(host: HostConfig) {
  const resolved = await Promise.all(
    (host.Devices ?? []).map(({ PathOnHost, PathInContainer, CgroupPermissions }) =>
      resolveDevice({
        hostPath: PathOnHost,
        containerPath: PathInContainer || PathOnHost,
        access: CgroupPermissions || "rwm",
      }),
    ),
  );
  const asked = resolved.flatMap(({ devices }) => devices);
  // All that the host has, and what was asked for by another name.
  if (host.Privileged === true) {
    const names = new Set(asked.map(({ path }) => path));
    const others = (await hostDevices()).filter(({ path }) => !names.has(path));
    return { devices: [...others, ...asked], rules: [allDevicesRule] };
  }
  return {
    devices: asked,
    rules: [...resolved.flatMap(({ rules }) => rules), ...(host.DeviceCgroupRules ?? []).map(parseDeviceRule)],
  };
}

/** A mount that is to be shared with the host needs a root that lets it through; runc's default is private to us. */
function rootPropagation(mounts: readonly OciMount[]): string | undefined {
  const wanted = mounts.flatMap(({ options }) => options.filter((option) => /^r?(shared|slave)$/.test(option)));
  if (wanted.some((option) => option.endsWith("shared"))) return "shared";
  return wanted.length > 0 ? "rslave" : undefined;
}
