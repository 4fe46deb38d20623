import type { Shape } from "../terminal/template/frame.ts";
import { isDot, isList, type Value } from "../terminal/template/value.ts";
import { structureText } from "./inspect-structures.ts";

/**
 * Members that Docker's structures have but its JSON leaves out when they are empty: a template may ask for them.
 * Path of the object -> member -> what Go has for it.
 */
const optionalMembers: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
  State: { Health: null },
  Config: {
    ...{ ExposedPorts: null, Healthcheck: null, Shell: null, StopTimeout: null, StopSignal: "", MacAddress: "" },
    ...{ NetworkDisabled: false, ArgsEscaped: false },
  },
  HostConfig: { Annotations: null, Init: null, Mounts: null, StorageOpt: null, Sysctls: null, Tmpfs: null },
};

/** The same of the objects themselves, each kind by a member that only it has. */
const optionalOfKind: typeof optionalMembers = {
  State: { SizeRw: null, SizeRootFs: null, GraphDriver: null },
  RootFS: { Parent: "", Comment: "", DockerVersion: "", Author: "", Variant: "", OsVersion: "", GraphDriver: null },
  Mountpoint: { CreatedAt: "", Status: null, UsageData: null, ClusterVolume: null },
};

/** The same of the objects in a list. */
const optionalInList: typeof optionalMembers = { Mounts: { Name: "", Driver: "" } };

/** An inspected object, with the members that its JSON left out as null; `json` does not show them. */
export function withOptionalMembers(value: Value): Value {
  if (!isDot(value)) return value;
  const copy: Record<string, Value> = { ...value };
  for (const [path, members] of Object.entries(optionalMembers)) {
    if (isDot(copy[path])) copy[path] = addMissing({ ...copy[path] }, members);
  }
  for (const [path, members] of Object.entries(optionalInList)) {
    const list = copy[path];
    if (isList(list)) copy[path] = list.map((one) => (isDot(one) ? addMissing({ ...one }, members) : one));
  }
  const kind = Object.keys(optionalOfKind).find((member) => Object.hasOwn(value, member));
  return kind === undefined ? copy : addMissing(copy, optionalOfKind[kind] ?? {});
}

function addMissing(object: Record<string, Value>, members: Readonly<Record<string, Value>>): Record<string, Value> {
  for (const [member, value] of Object.entries(members))
    if (!Object.hasOwn(object, member)) Object.defineProperty(object, member, { value });
  return object;
}

/** Members that are lists and maps in Docker's structures: Go shows nil ones as empty. */
const lists = new Set(
  `Aliases Binds BlkioDeviceReadBps BlkioDeviceReadIOps BlkioDeviceWriteBps BlkioDeviceWriteIOps BlkioWeightDevice
   CapAdd CapDrop Cmd DNSNames DeviceCgroupRules DeviceRequests Devices Dns DnsOptions DnsSearch Entrypoint Env ExecIDs
   ExtraHosts GroupAdd IPAMConfigs LinkLocalIPs Links MaskedPaths Mounts OnBuild ReadonlyPaths RepoDigests RepoTags
   SecurityOpt Shell Test Ulimits VolumesFrom`.split(/\s+/),
);
const textMaps = new Set("Annotations Attributes DriverOpts Labels Options StorageOpt Sysctls Tmpfs".split(" "));
const otherMaps = new Set("Containers ExposedPorts PortBindings Ports Status Volumes".split(" "));

/** Go's names of members that are called otherwise in JSON; both may stand in a template (moby `api/types`). */
const jsonNames: Readonly<Record<string, string>> = {
  ID: "Id",
  HostIP: "HostIp",
  NanoCPUs: "NanoCpus",
  AuxAddress: "AuxiliaryAddresses",
  DNS: "Dns",
  DNSOptions: "DnsOptions",
  DNSSearch: "DnsSearch",
  CPUCount: "CpuCount",
  CPUPercent: "CpuPercent",
  CPUPeriod: "CpuPeriod",
  CPUQuota: "CpuQuota",
  CPURealtimePeriod: "CpuRealtimePeriod",
  CPURealtimeRuntime: "CpuRealtimeRuntime",
  CPUShares: "CpuShares",
};

/** Docker's types behind the JSON of `inspect` and `events`, as far as templates show them. */
export const dockerShape: Shape = {
  isTextMap: (name) => textMaps.has(name),
  jsonName: (name) => (Object.hasOwn(jsonNames, name) ? jsonNames[name] : undefined),
  show: structureText,
  showNil(name) {
    if (name === undefined) return "<nil>";
    if (lists.has(name)) return "[]";
    return textMaps.has(name) || otherMaps.has(name) ? "map[]" : "<nil>";
  },
};
