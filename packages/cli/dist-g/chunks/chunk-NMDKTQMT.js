import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  networkingConfig
} from "./chunk-H4OVVPY3.js";
import {
  integer,
  mapOf,
  optional,
  stringMap,
  stringOrStrings,
  strings
} from "./chunk-UGV2ME5Q.js";
import {
  array,
  bool,
  boolean,
  endpoint,
  filters,
  int,
  looseObject,
  picklist,
  reply,
  string,
  text,
  unknown
} from "./chunk-LD6ES5PW.js";

// packages/api/src/container-config.ts
var healthConfig = looseObject({
  Test: optional(strings),
  Interval: optional(integer),
  Timeout: optional(integer),
  Retries: optional(integer),
  StartPeriod: optional(integer),
  StartInterval: optional(integer),
  /** An extension of tdock: what is done with a container that turns unhealthy. */
  OnFailure: optional(picklist(["none", "kill", "restart", "stop"]))
});
var containerConfig = looseObject({
  Hostname: optional(string()),
  Domainname: optional(string()),
  User: optional(string()),
  AttachStdin: optional(boolean()),
  AttachStdout: optional(boolean()),
  AttachStderr: optional(boolean()),
  ExposedPorts: optional(mapOf(unknown())),
  Tty: optional(boolean()),
  OpenStdin: optional(boolean()),
  StdinOnce: optional(boolean()),
  Env: optional(strings),
  Cmd: optional(stringOrStrings),
  Healthcheck: optional(healthConfig),
  ArgsEscaped: optional(boolean()),
  Image: optional(string()),
  Volumes: optional(mapOf(unknown())),
  WorkingDir: optional(string()),
  Entrypoint: optional(stringOrStrings),
  NetworkDisabled: optional(boolean()),
  MacAddress: optional(string()),
  OnBuild: optional(strings),
  Labels: optional(stringMap),
  StopSignal: optional(string()),
  StopTimeout: optional(integer),
  Shell: optional(strings)
});

// packages/api/src/host-config.ts
var throttleDevice = looseObject({ Path: string(), Rate: integer });
var weightDevice = looseObject({ Path: string(), Weight: integer });
var resourceMembers = {
  CpuShares: optional(integer),
  Memory: optional(integer),
  CgroupParent: optional(string()),
  BlkioWeight: optional(integer),
  BlkioWeightDevice: optional(array(weightDevice)),
  BlkioDeviceReadBps: optional(array(throttleDevice)),
  BlkioDeviceWriteBps: optional(array(throttleDevice)),
  BlkioDeviceReadIOps: optional(array(throttleDevice)),
  BlkioDeviceWriteIOps: optional(array(throttleDevice)),
  CpuPeriod: optional(integer),
  CpuQuota: optional(integer),
  CpuRealtimePeriod: optional(integer),
  CpuRealtimeRuntime: optional(integer),
  CpusetCpus: optional(string()),
  CpusetMems: optional(string()),
  Devices: optional(
    array(
      looseObject({
        PathOnHost: string(),
        PathInContainer: optional(string()),
        CgroupPermissions: optional(string())
      })
    )
  ),
  DeviceCgroupRules: optional(strings),
  DeviceRequests: optional(array(looseObject({}))),
  KernelMemoryTCP: optional(integer),
  MemoryReservation: optional(integer),
  MemorySwap: optional(integer),
  MemorySwappiness: optional(integer),
  NanoCpus: optional(integer),
  OomKillDisable: optional(boolean()),
  Init: optional(boolean()),
  PidsLimit: optional(integer),
  Ulimits: optional(array(looseObject({ Name: string(), Soft: optional(integer), Hard: optional(integer) })))
};
var restartPolicy = looseObject({
  Name: optional(picklist(["", "no", "always", "unless-stopped", "on-failure"])),
  MaximumRetryCount: optional(integer)
});
var driverConfig = looseObject({ Name: optional(string()), Options: optional(stringMap) });
var mount = looseObject({
  Target: string(),
  Source: optional(string()),
  Type: picklist(["bind", "volume", "tmpfs", "image", "npipe", "cluster"]),
  ReadOnly: optional(boolean()),
  Consistency: optional(string()),
  BindOptions: optional(
    looseObject({
      Propagation: optional(string()),
      NonRecursive: optional(boolean()),
      CreateMountpoint: optional(boolean()),
      ReadOnlyNonRecursive: optional(boolean()),
      ReadOnlyForceRecursive: optional(boolean())
    })
  ),
  VolumeOptions: optional(
    looseObject({
      NoCopy: optional(boolean()),
      Labels: optional(stringMap),
      DriverConfig: optional(driverConfig),
      Subpath: optional(string())
    })
  ),
  ImageOptions: optional(looseObject({ Subpath: optional(string()) })),
  TmpfsOptions: optional(
    looseObject({
      SizeBytes: optional(integer),
      Mode: optional(integer),
      Options: optional(array(strings))
    })
  )
});
var portBinding = looseObject({ HostIp: optional(string()), HostPort: optional(string()) });
var portMap = mapOf(optional(array(portBinding)));
var hostConfig = looseObject({
  ...resourceMembers,
  Binds: optional(strings),
  ContainerIDFile: optional(string()),
  LogConfig: optional(looseObject({ Type: optional(string()), Config: optional(stringMap) })),
  NetworkMode: optional(string()),
  PortBindings: optional(portMap),
  RestartPolicy: optional(restartPolicy),
  AutoRemove: optional(boolean()),
  VolumeDriver: optional(string()),
  VolumesFrom: optional(strings),
  Mounts: optional(array(mount)),
  ConsoleSize: optional(array(integer)),
  Annotations: optional(stringMap),
  CapAdd: optional(strings),
  CapDrop: optional(strings),
  CgroupnsMode: optional(string()),
  Dns: optional(strings),
  DnsOptions: optional(strings),
  DnsSearch: optional(strings),
  ExtraHosts: optional(strings),
  GroupAdd: optional(strings),
  IpcMode: optional(string()),
  Cgroup: optional(string()),
  Links: optional(strings),
  OomScoreAdj: optional(integer),
  PidMode: optional(string()),
  Privileged: optional(boolean()),
  PublishAllPorts: optional(boolean()),
  ReadonlyRootfs: optional(boolean()),
  SecurityOpt: optional(strings),
  StorageOpt: optional(stringMap),
  Tmpfs: optional(stringMap),
  UTSMode: optional(string()),
  UsernsMode: optional(string()),
  ShmSize: optional(integer),
  Sysctls: optional(stringMap),
  Runtime: optional(string()),
  Isolation: optional(string()),
  MaskedPaths: optional(strings),
  ReadonlyPaths: optional(strings),
  /** tdock's own: `deny`, `log`, `allow=HOST[:PORT]`. */
  Egress: optional(strings)
});

// packages/api/src/containers.ts
var containerCreateBody = looseObject({
  ...containerConfig.entries,
  HostConfig: optional(hostConfig),
  NetworkingConfig: optional(networkingConfig)
});
var containerList = endpoint({
  kind: "json",
  method: "GET",
  path: "/containers/json",
  query: { all: bool, limit: int, size: bool, filters },
  reply: reply()
});
var containerCreate = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/create",
  query: { name: text, platform: text },
  body: containerCreateBody,
  status: 201,
  reply: reply()
});
var containerInspect = endpoint({
  kind: "json",
  method: "GET",
  path: "/containers/:id/json",
  query: { size: bool },
  reply: reply()
});
var containerStart = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/start",
  query: { detachKeys: text }
});
var containerStop = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/stop",
  query: { signal: text, t: int }
});
var containerRestart = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/restart",
  query: { signal: text, t: int }
});
var containerKill = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/kill",
  query: { signal: text }
});
var containerPause = endpoint({ kind: "json", method: "POST", path: "/containers/:id/pause" });
var containerUnpause = endpoint({ kind: "json", method: "POST", path: "/containers/:id/unpause" });
var containerRename = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/rename",
  query: { name: text }
});
var containerRemove = endpoint({
  kind: "json",
  method: "DELETE",
  path: "/containers/:id",
  query: { v: bool, force: bool, link: bool }
});
var containerPrune = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/prune",
  query: { filters },
  reply: reply()
});
var containerWait = endpoint({
  kind: "stream",
  method: "POST",
  path: "/containers/:id/wait",
  query: { condition: text },
  reply: reply()
});
var containerResize = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/resize",
  query: { h: int, w: int },
  status: 200
});
var attachQuery = { detachKeys: text, logs: bool, stream: bool, stdin: bool, stdout: bool, stderr: bool };
var containerAttach = endpoint({
  kind: "hijack",
  method: "POST",
  path: "/containers/:id/attach",
  query: attachQuery
});
var containerAttachWebsocket = endpoint({
  kind: "hijack",
  method: "GET",
  path: "/containers/:id/attach/ws",
  query: attachQuery
});
var containerLogs = endpoint({
  kind: "stream",
  method: "GET",
  path: "/containers/:id/logs",
  query: {
    follow: bool,
    stdout: bool,
    stderr: bool,
    since: text,
    until: text,
    timestamps: bool,
    tail: text,
    details: bool
  }
});
var containerTop = endpoint({
  kind: "json",
  method: "GET",
  path: "/containers/:id/top",
  query: { ps_args: text },
  reply: reply()
});
var containerStats = endpoint({
  kind: "stream",
  method: "GET",
  path: "/containers/:id/stats",
  query: { stream: bool, "one-shot": bool }
});
var containerChanges = endpoint({
  kind: "json",
  method: "GET",
  path: "/containers/:id/changes",
  reply: reply()
});
var containerExport = endpoint({ kind: "stream", method: "GET", path: "/containers/:id/export" });
var containerUpdate = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/update",
  body: looseObject({ ...resourceMembers, RestartPolicy: optional(restartPolicy) }),
  reply: reply()
});
var containerArchiveStat = endpoint({
  kind: "stream",
  method: "HEAD",
  path: "/containers/:id/archive",
  query: { path: text }
});
var containerArchiveGet = endpoint({
  kind: "stream",
  method: "GET",
  path: "/containers/:id/archive",
  query: { path: text }
});
var containerArchivePut = endpoint({
  kind: "json",
  method: "PUT",
  path: "/containers/:id/archive",
  query: { path: text, noOverwriteDirNonDir: bool, copyUIDGID: bool },
  bodyStream: true,
  status: 200
});
var containerCommit = endpoint({
  kind: "json",
  method: "POST",
  path: "/commit",
  query: { container: text, repo: text, tag: text, comment: text, author: text, pause: bool, changes: text },
  body: optional(containerConfig),
  status: 201,
  reply: reply()
});

export {
  containerList,
  containerCreate,
  containerInspect,
  containerStart,
  containerStop,
  containerRestart,
  containerKill,
  containerPause,
  containerUnpause,
  containerRename,
  containerRemove,
  containerPrune,
  containerWait,
  containerResize,
  containerAttach,
  containerLogs,
  containerTop,
  containerStats,
  containerChanges,
  containerExport,
  containerUpdate,
  containerArchiveStat,
  containerArchiveGet,
  containerArchivePut,
  containerCommit
};
