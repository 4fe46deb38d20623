import type { ContainerConfig } from "@tdock/api/container-config";
import type { ContainerCreateBody } from "@tdock/api/containers";
import type { HostConfig } from "@tdock/api/host-config";
import type { ContainerFlags } from "./container-flags.ts";
import { withDefaultVariables } from "./default-variables.ts";
import { isCdiDevice, parseDevice } from "./device.ts";
import { endpointsOf } from "./endpoints.ts";
import { collectEnv, collectLabels } from "./environment.ts";
import { healthConfigOf } from "./health.ts";
import { invalid } from "./invalid.ts";
import { checkModes } from "./modes.ts";
import { pairsToMap, splitPair } from "./pairs.ts";
import { parseExposed, parsePublished } from "./publish.ts";
import { securityOptions } from "./security.ts";
import { parseVolume } from "./volume.ts";

/** What the flags do not say: the image, the command and the caller's variables. */
export interface BodyContext {
  readonly image: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Variables of every container, unless the flags name them. */
  readonly proxies?: Readonly<Record<string, string>>;
}

/**
 * Flags of `run` and `create` as the body of `POST /containers/create` (docker/cli `container/opts.go`, `parse`).
 * Members that no flag sets are left out where the engine's default is the same.
 * Throws `invalid-argument` for flags that contradict each other, and what reading files throws.
 */
export function containerBody(flags: ContainerFlags, context: BodyContext): ContainerCreateBody {
  checkModes(flags);
  if (flags.rm && flags.restart !== undefined && !["", "no"].includes(flags.restart.Name ?? "")) {
    throw invalid("conflicting options: cannot specify both --restart and --rm");
  }
  const storage = storageOf(flags);
  const ports = parsePublished(flags.publish);
  return {
    ...processOf(flags, context),
    ExposedPorts: emptyObjects([...Object.keys(ports), ...flags.expose.flatMap(parseExposed)]),
    Volumes: emptyObjects(storage.anonymous),
    Healthcheck: healthConfigOf(flags),
    HostConfig: {
      ...resourcesOf(flags),
      ...namespacesOf(flags),
      ...securityOf(flags),
      ...networkOf(flags),
      ...storage.host,
      ...lifecycleOf(flags),
      PortBindings: ports,
    },
    NetworkingConfig: { EndpointsConfig: endpointsOf(networkFlagsOf(flags)) },
  };
}

function processOf(flags: ContainerFlags, { image, command, env, proxies = {} }: BodyContext): ContainerConfig {
  const attach = new Set(flags.attach);
  const attachOutputs = attach.size === 0;
  const AttachStdin = flags.interactive || attach.has("stdin");
  return {
    Hostname: flags.hostname,
    Domainname: flags.domainname,
    User: flags.user,
    AttachStdin,
    AttachStdout: attachOutputs || attach.has("stdout"),
    AttachStderr: attachOutputs || attach.has("stderr"),
    Tty: flags.tty,
    OpenStdin: flags.interactive,
    StdinOnce: flags.interactive && AttachStdin,
    Env: withDefaultVariables(collectEnv(flags["env-file"], flags.env, env), proxies),
    Cmd: command.length === 0 ? undefined : [...command],
    Entrypoint: flags.entrypoint === undefined ? undefined : [flags.entrypoint],
    Image: image,
    WorkingDir: flags.workdir,
    Labels: pairsToMap(collectLabels(flags["label-file"], flags.label)),
    StopSignal: flags["stop-signal"],
    StopTimeout: flags["stop-timeout"],
    RunTimeout: flags.timeout,
  };
}

function resourcesOf(flags: ContainerFlags): HostConfig {
  const swappiness = flags["memory-swappiness"];
  if (swappiness !== undefined && (swappiness < -1 || swappiness > 100)) {
    throw invalid(`invalid value: ${swappiness}. Valid memory swappiness range is 0-100`);
  }
  return {
    CgroupParent: flags["cgroup-parent"],
    Memory: flags.memory,
    MemoryReservation: flags["memory-reservation"],
    MemorySwap: flags["memory-swap"],
    MemorySwappiness: swappiness,
    OomKillDisable: flags["oom-kill-disable"],
    OomScoreAdj: flags["oom-score-adj"],
    NanoCpus: flags.cpus,
    CpuShares: flags["cpu-shares"],
    CpuPeriod: flags["cpu-period"],
    CpuQuota: flags["cpu-quota"],
    CpuRealtimePeriod: flags["cpu-rt-period"],
    CpuRealtimeRuntime: flags["cpu-rt-runtime"],
    CpusetCpus: flags["cpuset-cpus"],
    CpusetMems: flags["cpuset-mems"],
    PidsLimit: flags["pids-limit"],
    BlkioWeight: flags["blkio-weight"],
    BlkioWeightDevice: [...flags["blkio-weight-device"]],
    BlkioDeviceReadBps: [...flags["device-read-bps"]],
    BlkioDeviceWriteBps: [...flags["device-write-bps"]],
    BlkioDeviceReadIOps: [...flags["device-read-iops"]],
    BlkioDeviceWriteIOps: [...flags["device-write-iops"]],
    Ulimits: [...new Map(flags.ulimit.map((one) => [one.Name, one])).values()].toSorted((a, b) =>
      a.Name < b.Name ? -1 : 1,
    ),
    ShmSize: flags["shm-size"],
    ...devicesOf(flags),
  };
}

/** Devices of the host, and those that a CDI specification describes by name. */
function devicesOf(flags: ContainerFlags): HostConfig {
  const named = flags.device.filter(isCdiDevice);
  return {
    Devices: flags.device.filter((device) => !isCdiDevice(device)).map(parseDevice),
    DeviceCgroupRules: [...flags["device-cgroup-rule"]],
    DeviceRequests: [...flags.gpus, ...(named.length === 0 ? [] : [{ Driver: "cdi", DeviceIDs: named }])],
  };
}

function namespacesOf(flags: ContainerFlags): HostConfig {
  return {
    CgroupnsMode: flags.cgroupns,
    IpcMode: flags.ipc,
    Isolation: flags.isolation,
    PidMode: flags.pid,
    UTSMode: flags.uts,
    UsernsMode: flags.userns,
    Runtime: flags.runtime,
  };
}

function securityOf(flags: ContainerFlags): HostConfig {
  const { options, systemPathsUnconfined } = securityOptions(flags["security-opt"]);
  return {
    CapAdd: [...flags["cap-add"]],
    CapDrop: [...flags["cap-drop"]],
    GroupAdd: [...flags["group-add"]],
    Privileged: flags.privileged,
    ReadonlyRootfs: flags["read-only"],
    SecurityOpt: [...options],
    Sysctls: pairsToMap(flags.sysctl),
    ...(systemPathsUnconfined && { MaskedPaths: [], ReadonlyPaths: [] }),
  };
}

function networkOf(flags: ContainerFlags): HostConfig {
  return {
    Dns: [...flags.dns],
    DnsOptions: [...flags["dns-opt"], ...flags["dns-option"]],
    DnsSearch: [...flags["dns-search"]],
    ExtraHosts: [...flags["add-host"]],
    ...(flags.egress.length > 0 && { Egress: [...flags.egress] }),
    Links: [...flags.link],
    NetworkMode: [...flags.net, ...flags.network][0]?.target ?? "default",
    PublishAllPorts: flags["publish-all"],
  };
}

function networkFlagsOf(flags: ContainerFlags) {
  return {
    networks: [...flags.net, ...flags.network],
    aliases: [...flags["net-alias"], ...flags["network-alias"]],
    links: flags.link,
    ipv4: flags.ip,
    ipv6: flags.ip6,
    macAddress: flags["mac-address"],
    linkLocalIps: flags["link-local-ip"],
  };
}

function storageOf(flags: ContainerFlags): { anonymous: string[]; host: HostConfig } {
  // As with Docker, who says the same twice says it once.
  const volumes = [...new Set(flags.volume)].map(parseVolume);
  return {
    anonymous: volumes.flatMap((one) => (one.kind === "anonymous" ? [one.target] : [])),
    host: {
      Binds: volumes.flatMap((one) => (one.kind === "bind" ? [one.bind] : [])),
      Mounts: [...flags.mount],
      StorageOpt: pairsToMap(flags["storage-opt"]),
      Tmpfs: Object.fromEntries(
        flags.tmpfs.map((one) => splitPair(one, ":")).map(([path, options = ""]) => [path, options]),
      ),
      VolumeDriver: flags["volume-driver"],
      VolumesFrom: [...flags["volumes-from"]],
    },
  };
}

function lifecycleOf(flags: ContainerFlags): HostConfig {
  if (flags["log-driver"] === "none" && flags["log-opt"].length > 0) {
    throw invalid("invalid logging opts for driver none");
  }
  return {
    Annotations: pairsToMap(flags.annotation),
    AutoRemove: flags.rm,
    ContainerIDFile: flags.cidfile,
    Init: flags.init,
    LogConfig: { Type: flags["log-driver"] ?? "", Config: pairsToMap(flags["log-opt"]) },
    RestartPolicy: flags.restart ?? { Name: "no", MaximumRetryCount: 0 },
  };
}

function emptyObjects(names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}
