import * as v from "valibot";
import { integer, looseObject, mapOf, optional, stringMap, strings } from "./schema.ts";

const throttleDevice = looseObject({ Path: v.string(), Rate: integer });
const weightDevice = looseObject({ Path: v.string(), Weight: integer });
/** Devices by what they are, not by where: of a driver, or of a CDI specification. `Count` -1: all. */
const deviceRequest = looseObject({
  Driver: optional(v.string()),
  Count: optional(integer),
  DeviceIDs: optional(strings),
  Capabilities: optional(v.array(strings)),
});

/** Limits that `update` may change on a running container. Memory in bytes, CPU times in microseconds. */
export const resourceMembers = {
  CpuShares: optional(integer),
  Memory: optional(integer),
  CgroupParent: optional(v.string()),
  BlkioWeight: optional(integer),
  BlkioWeightDevice: optional(v.array(weightDevice)),
  BlkioDeviceReadBps: optional(v.array(throttleDevice)),
  BlkioDeviceWriteBps: optional(v.array(throttleDevice)),
  BlkioDeviceReadIOps: optional(v.array(throttleDevice)),
  BlkioDeviceWriteIOps: optional(v.array(throttleDevice)),
  CpuPeriod: optional(integer),
  CpuQuota: optional(integer),
  CpuRealtimePeriod: optional(integer),
  CpuRealtimeRuntime: optional(integer),
  CpusetCpus: optional(v.string()),
  CpusetMems: optional(v.string()),
  Devices: optional(
    v.array(
      looseObject({
        PathOnHost: v.string(),
        PathInContainer: optional(v.string()),
        CgroupPermissions: optional(v.string()),
      }),
    ),
  ),
  DeviceCgroupRules: optional(strings),
  DeviceRequests: optional(v.array(deviceRequest)),
  KernelMemoryTCP: optional(integer),
  MemoryReservation: optional(integer),
  MemorySwap: optional(integer),
  MemorySwappiness: optional(integer),
  NanoCpus: optional(integer),
  OomKillDisable: optional(v.boolean()),
  Init: optional(v.boolean()),
  PidsLimit: optional(integer),
  Ulimits: optional(v.array(looseObject({ Name: v.string(), Soft: optional(integer), Hard: optional(integer) }))),
};

export const restartPolicy = looseObject({
  Name: optional(v.string()),
  MaximumRetryCount: optional(integer),
});

const driverConfig = looseObject({ Name: optional(v.string()), Options: optional(stringMap) });

/** One entry of HostConfig.Mounts. */
export const mount = looseObject({
  Target: v.string(),
  Source: optional(v.string()),
  Type: v.picklist(["bind", "volume", "tmpfs", "image", "npipe", "cluster"]),
  ReadOnly: optional(v.boolean()),
  Consistency: optional(v.string()),
  BindOptions: optional(
    looseObject({
      Propagation: optional(v.string()),
      NonRecursive: optional(v.boolean()),
      CreateMountpoint: optional(v.boolean()),
      ReadOnlyNonRecursive: optional(v.boolean()),
      ReadOnlyForceRecursive: optional(v.boolean()),
    }),
  ),
  VolumeOptions: optional(
    looseObject({
      NoCopy: optional(v.boolean()),
      Labels: optional(stringMap),
      DriverConfig: optional(driverConfig),
      Subpath: optional(v.string()),
    }),
  ),
  ImageOptions: optional(looseObject({ Subpath: optional(v.string()) })),
  TmpfsOptions: optional(
    looseObject({
      SizeBytes: optional(integer),
      Mode: optional(integer),
      Options: optional(v.array(strings)),
    }),
  ),
});

const portBinding = looseObject({ HostIp: optional(v.string()), HostPort: optional(v.string()) });
/** `80/tcp` -> where it is published. */
export const portMap = mapOf(optional(v.array(portBinding)));

/** Docker's HostConfig: the part of a container that depends on this host. */
export const hostConfig = looseObject({
  ...resourceMembers,
  Binds: optional(strings),
  ContainerIDFile: optional(v.string()),
  LogConfig: optional(looseObject({ Type: optional(v.string()), Config: optional(stringMap) })),
  NetworkMode: optional(v.string()),
  PortBindings: optional(portMap),
  RestartPolicy: optional(restartPolicy),
  AutoRemove: optional(v.boolean()),
  VolumeDriver: optional(v.string()),
  VolumesFrom: optional(strings),
  Mounts: optional(v.array(mount)),
  ConsoleSize: optional(v.array(integer)),
  Annotations: optional(stringMap),
  CapAdd: optional(strings),
  CapDrop: optional(strings),
  CgroupnsMode: optional(v.string()),
  Dns: optional(strings),
  DnsOptions: optional(strings),
  DnsSearch: optional(strings),
  ExtraHosts: optional(strings),
  GroupAdd: optional(strings),
  IpcMode: optional(v.string()),
  Cgroup: optional(v.string()),
  Links: optional(strings),
  OomScoreAdj: optional(integer),
  PidMode: optional(v.string()),
  Privileged: optional(v.boolean()),
  PublishAllPorts: optional(v.boolean()),
  ReadonlyRootfs: optional(v.boolean()),
  SecurityOpt: optional(strings),
  StorageOpt: optional(stringMap),
  Tmpfs: optional(stringMap),
  UTSMode: optional(v.string()),
  UsernsMode: optional(v.string()),
  ShmSize: optional(integer),
  Sysctls: optional(stringMap),
  Runtime: optional(v.string()),
  Isolation: optional(v.string()),
  MaskedPaths: optional(strings),
  ReadonlyPaths: optional(strings),
  /** tdock's own: `deny`, `log`, `allow=HOST[:PORT]`. */
  Egress: optional(strings),
});

export type RestartPolicy = v.InferOutput<typeof restartPolicy>;
export type Mount = v.InferOutput<typeof mount>;
export type PortMap = v.InferOutput<typeof portMap>;
export type HostConfig = v.InferOutput<typeof hostConfig>;
