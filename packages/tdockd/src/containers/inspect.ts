import type { ContainerInspectResponse, containerInspect } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import type { HostConfig } from "@tdock/api/host-config";
import type { Engine } from "../engine.ts";
import { networkSettings } from "../networks/network-settings.ts";
import { mountSummary } from "../volumes/mount-summary.ts";
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
    Mounts: container.mounts.map(mountSummary),
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
    CgroupnsMode: cgroupNamespaceOf(hostConfig),
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
    MemorySwappiness: null,
    OomKillDisable: false,
    PidsLimit: null,
    Ulimits: [],
    MaskedPaths: null,
    ReadonlyPaths: null,
    ...present(hostConfig),
    MemorySwap: hostConfig.MemorySwap || (hostConfig.Memory ?? 0) * 2,
    LogConfig: shownLogConfig(hostConfig),
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
    Volumes: null,
    WorkingDir: "",
    Entrypoint: null,
    OnBuild: null,
    Labels: {},
    ...present(config),
  };
}

/** What is null was not set: the default stands. */
function present(members: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value != null));
}
