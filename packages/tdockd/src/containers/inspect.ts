import type { ContainerInspectResponse, containerInspect } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import type { HostConfig } from "@tdock/api/host-config";
import type { Engine } from "../engine.ts";
import { networkSettings } from "../networks/network-settings.ts";
import { defaultMaskedPaths, defaultReadonlyPaths } from "../runtime/spec/paths.ts";
import { mountSummaries } from "../volumes/mount-summary.ts";
import type { Container } from "./container.ts";
import { settingsRequest } from "./container-network.ts";
import { cgroupNamespaceOf, commandOf } from "./container-spec.ts";
import { containerSize } from "./size.ts";
import { containerState } from "./state.ts";
import { logPath } from "./stdio.ts";

/** All that is known of a container, as Docker shows it. */
export async function inspectContainer(
  engine: Pick<Engine, "config" | "containerd" | "containers" | "execs" | "networks" | "volumes">,
  input: Input<typeof containerInspect>,
): Promise<ContainerInspectResponse> {
  const container = engine.containers.get(input.id);
  const [path, ...args] = commandOf(container.config);
  const folder = engine.containers.folderOf(container.id);
  return {
    Id: container.id,
    Created: container.createdAt,
    Path: path,
    Args: args,
    State: containerState(container),
    Image: container.imageId,
    ImageManifestDescriptor: container.manifest,
    ResolvConfPath: `${folder}/resolv.conf`,
    HostnamePath: `${folder}/hostname`,
    HostsPath: `${folder}/hosts`,
    LogPath: container.hostConfig.LogConfig?.Type === "json-file" ? logPath(engine.containers, container) : "",
    Name: `/${container.name}`,
    RestartCount: container.restartCount,
    Driver: "overlayfs",
    Platform: container.platform.os,
    MountLabel: "",
    ProcessLabel: "",
    AppArmorProfile: "",
    ExecIDs: execIds(engine, container),
    HostConfig: shownHostConfig(container),
    GraphDriver: { Name: "overlayfs", Data: {} },
    ...(input.size === true && (await containerSize(engine, container))),
    Mounts: mountSummaries(container),
    Config: shownConfig(container),
    NetworkSettings: networkSettings(engine, settingsRequest(container)),
  } as ContainerInspectResponse;
}

function execIds({ execs }: Pick<Engine, "execs">, { id }: Container): string[] | null {
  const ids = execs.list(id).flatMap((exec) => (exec.status.kind === "running" ? [exec.id] : []));
  return ids.length > 0 ? ids : null;
}

/** Every member that Docker's has, whether or not it was set: clients read them without asking. */
function shownHostConfig({ hostConfig }: Container): Record<string, unknown> {
  return {
    Binds: null,
    ContainerIDFile: "",
    VolumeDriver: "",
    VolumesFrom: null,
    ConsoleSize: [0, 0],
    AutoRemove: false,
    PortBindings: {},
    CapAdd: null,
    CapDrop: null,
    Dns: [],
    DnsOptions: [],
    DnsSearch: [],
    ExtraHosts: null,
    GroupAdd: null,
    Cgroup: "",
    Links: null,
    OomScoreAdj: 0,
    PidMode: "",
    Privileged: false,
    PublishAllPorts: false,
    ReadonlyRootfs: false,
    SecurityOpt: null,
    UTSMode: "",
    UsernsMode: "",
    Isolation: "",
    CpuShares: 0,
    Memory: 0,
    NanoCpus: 0,
    CgroupParent: "",
    BlkioWeight: 0,
    BlkioWeightDevice: [],
    BlkioDeviceReadBps: [],
    BlkioDeviceWriteBps: [],
    BlkioDeviceReadIOps: [],
    BlkioDeviceWriteIOps: [],
    CpuPeriod: 0,
    CpuQuota: 0,
    CpuRealtimePeriod: 0,
    CpuRealtimeRuntime: 0,
    CpusetCpus: "",
    CpusetMems: "",
    Devices: [],
    DeviceCgroupRules: null,
    DeviceRequests: null,
    MemoryReservation: 0,
    OomKillDisable: false,
    Ulimits: [],
    ...present(hostConfig),
    // What holds where the caller left it to the engine.
    CgroupnsMode: cgroupNamespaceOf(hostConfig),
    MemorySwappiness: hostConfig.MemorySwappiness === -1 ? null : (hostConfig.MemorySwappiness ?? null),
    PidsLimit: hostConfig.PidsLimit || null,
    ...hiddenPaths(hostConfig),
    MemorySwap: hostConfig.MemorySwap || (hostConfig.Memory ?? 0) * 2,
    LogConfig: shownLogConfig(hostConfig),
  };
}

/** Of /proc and /sys; none of what is privileged. */
function hiddenPaths(hostConfig: HostConfig): Pick<HostConfig, "MaskedPaths" | "ReadonlyPaths"> {
  const { MaskedPaths, ReadonlyPaths, Privileged } = hostConfig;
  if (Privileged === true) return { MaskedPaths: MaskedPaths ?? null, ReadonlyPaths: ReadonlyPaths ?? null };
  const isShown = hostConfig.SecurityOpt?.some((option) => /^systempaths[=:]unconfined$/.test(option)) === true;
  return {
    MaskedPaths: MaskedPaths ?? (isShown ? [] : [...defaultMaskedPaths]),
    ReadonlyPaths: ReadonlyPaths ?? (isShown ? [] : [...defaultReadonlyPaths]),
  };
}

/**
 * A log of the default driver counts as one of `json-file`, Docker's default: docker-py fetches what a container
 * printed only where the driver's name is known to it. It is no JSON though, so that its path is not shown.
 */
function shownLogConfig({ LogConfig }: HostConfig): HostConfig["LogConfig"] {
  return { Type: LogConfig?.Type || "json-file", Config: LogConfig?.Config ?? {} };
}

function shownConfig({ config }: Container): Record<string, unknown> {
  return {
    Hostname: "",
    Domainname: "",
    User: "",
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: [],
    Cmd: null,
    Image: "",
    WorkingDir: "",
    Entrypoint: null,
    OnBuild: null,
    Labels: {},
    ...present(config),
    Volumes: Object.keys(config.Volumes ?? {}).length > 0 ? config.Volumes : null,
  };
}

/** What is null was not set: the default stands. */
function present(members: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value != null));
}
