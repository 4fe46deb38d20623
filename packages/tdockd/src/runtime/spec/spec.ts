import { processCapabilities } from "./capabilities.ts";
import { allDevicesRule, defaultDeviceRules } from "./devices.ts";
import { joinMounts, systemMounts } from "./mounts.ts";
import type {
  OciDevice,
  OciDeviceRule,
  OciHooks,
  OciMount,
  OciNamespace,
  OciResources,
  OciRlimit,
  OciSeccomp,
  OciSpec,
  OciUser,
} from "./oci.ts";
import { cgroupFolder, defaultMaskedPaths, defaultReadonlyPaths } from "./paths.ts";

/** Where a container's namespaces come from: `private` is a new one, `host` the host's, a path an existing one. */
export type NamespaceSource = "private" | "host" | { readonly path: string };

/** All that decides an OCI spec, resolved: no names, no records, nothing left to look up. */
export interface SpecRequest {
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly user: OciUser;
  readonly terminal: boolean;
  readonly consoleSize?: { readonly height: number; readonly width: number } | undefined;
  readonly hostname: string;
  readonly domainname?: string | undefined;
  readonly readonlyRoot: boolean;
  readonly privileged: boolean;
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly seccomp: OciSeccomp | undefined;
  readonly namespaces: {
    readonly pid: NamespaceSource;
    readonly ipc: NamespaceSource;
    readonly uts: NamespaceSource;
    readonly network: NamespaceSource;
    readonly cgroup: NamespaceSource;
  };
  /** Beside the system's own; in the way of one of those, they replace it. */
  readonly mounts: readonly OciMount[];
  readonly shmSizeBytes: number;
  readonly shmSource?: string | null | undefined;
  readonly devices: readonly OciDevice[];
  readonly deviceRules: readonly OciDeviceRule[];
  readonly resources: OciResources;
  readonly rlimits: readonly OciRlimit[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly oomScoreAdj?: number | undefined;
  readonly hooks?: OciHooks | undefined;
  readonly cgroupsPath: string;
  /** `undefined` means Docker's lists; privileged has none. */
  readonly maskedPaths?: readonly string[] | undefined;
  readonly readonlyPaths?: readonly string[] | undefined;
  /** Propagation of the container's root, when a bind mount in it asks for more than private. */
  readonly rootPropagation?: string | undefined;
}

/** The OCI spec of one live process. Pure. */
export function buildSpec(request: SpecRequest): OciSpec {
  const ownUts = request.namespaces.uts === "private";
  return {
    ociVersion: "1.0.2",
    process: {
      terminal: request.terminal,
      ...(request.terminal && request.consoleSize && { consoleSize: request.consoleSize }),
      user: request.user,
      args: request.args,
      env: request.env,
      cwd: request.cwd,
      capabilities: processCapabilities(request.capabilities, request.user.uid),
      ...(request.rlimits.length > 0 && { rlimits: request.rlimits }),
      noNewPrivileges: request.noNewPrivileges,
      // Without one, that of the shim is inherited, which is one more than containerd's.
      oomScoreAdj: request.oomScoreAdj ?? 0,
    },
    root: { path: "rootfs", readonly: request.readonlyRoot },
    ...(ownUts && { hostname: request.hostname }),
    mounts: joinMounts(
      systemMounts({
        privileged: request.privileged,
        shmSizeBytes: request.shmSizeBytes,
        shmSource: request.shmSource,
      }),
      request.mounts,
    ),
    ...(request.hooks && { hooks: request.hooks }),
    linux: linuxOf(request),
  };
}

function linuxOf(request: SpecRequest): OciSpec["linux"] {
  const { privileged } = request;
  const sysctl = {
    ...(request.domainname && request.namespaces.uts === "private" && { "kernel.domainname": request.domainname }),
    ...request.sysctls,
  };
  return {
    cgroupsPath: request.cgroupsPath,
    namespaces: namespacesOf(request),
    resources: {
      ...request.resources,
      devices: privileged ? [allDevicesRule] : [...defaultDeviceRules, ...request.deviceRules],
    },
    ...(request.devices.length > 0 && { devices: request.devices }),
    ...(request.seccomp && { seccomp: request.seccomp }),
    ...(Object.keys(sysctl).length > 0 && { sysctl }),
    maskedPaths: request.maskedPaths ?? (privileged ? [] : defaultMaskedPaths),
    readonlyPaths: request.readonlyPaths ?? (privileged ? [] : [...defaultReadonlyPaths, cgroupFolder]),
    ...(request.rootPropagation && { rootfsPropagation: request.rootPropagation }),
  };
}

function namespacesOf({ namespaces }: SpecRequest): readonly OciNamespace[] {
  const result: OciNamespace[] = [{ type: "mount" }];
  for (const type of ["pid", "ipc", "uts", "network", "cgroup"] as const) {
    const source = namespaces[type];
    if (source === "host") continue;
    result.push(source === "private" ? { type } : { type, path: source.path });
  }
  return result;
}
