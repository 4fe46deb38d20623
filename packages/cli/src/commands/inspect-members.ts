import type { Shape } from "../terminal/template/frame.ts";
import { isDot, type Value } from "../terminal/template/value.ts";

/**
 * Members that Docker's structures have but its JSON leaves out when they are empty: a template may ask for them.
 * Path of the object -> members.
 */
const optionalMembers: Readonly<Record<string, readonly string[]>> = {
  "": ["SizeRw", "SizeRootFs", "GraphDriver"],
  State: ["Health"],
  Config: [
    "ExposedPorts",
    "Healthcheck",
    "MacAddress",
    "NetworkDisabled",
    "Shell",
    "StopSignal",
    "StopTimeout",
    "ArgsEscaped",
  ],
  HostConfig: ["Annotations", "Init", "Mounts", "StorageOpt", "Sysctls", "Tmpfs"],
};

/** An inspected object, with the members that its JSON left out as null; `json` does not show them. */
export function withOptionalMembers(value: Value): Value {
  if (!isDot(value)) return value;
  const copy: Record<string, Value> = { ...value };
  for (const [path, members] of Object.entries(optionalMembers)) {
    if (path === "") addMissing(copy, isDot(value.State) ? members : []);
    else if (isDot(copy[path])) copy[path] = addMissing({ ...copy[path] }, members);
  }
  return copy;
}

function addMissing(object: Record<string, Value>, members: readonly string[]): Record<string, Value> {
  for (const member of members)
    if (!Object.hasOwn(object, member)) Object.defineProperty(object, member, { value: null });
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
const otherMaps = new Set("Containers ExposedPorts PortBindings Ports Volumes".split(" "));

/** Docker's types behind the JSON of `inspect` and `events`, as far as templates show them. */
export const dockerShape: Shape = {
  isTextMap: (name) => textMaps.has(name),
  showNil(name) {
    if (name === undefined) return "<nil>";
    if (lists.has(name)) return "[]";
    return textMaps.has(name) || otherMaps.has(name) ? "map[]" : "<nil>";
  },
};
