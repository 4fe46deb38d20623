import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  pullImage
} from "./chunk-BBTDXB4W.js";
import {
  parseCsvLine,
  parseIp,
  parseIpv4,
  parseIpv6,
  parseMac,
  parseNetwork
} from "./chunk-YLP36GFZ.js";
import {
  parseRestartPolicy,
  parseSize,
  parseSwapSize
} from "./chunk-6JYLRKDK.js";
import {
  parseAttach,
  parseCpus,
  parseDnsSearch,
  parseDnsServer,
  parseExtraHost,
  parseLink,
  parseStorageOption,
  parseSysctl
} from "./chunk-IJCJREXZ.js";
import {
  parseDuration
} from "./chunk-Y2MROQQV.js";
import {
  programName
} from "./chunk-EGQGQT3A.js";
import {
  familiarReference,
  requireReference,
  withDefaultTag
} from "./chunk-574XGQBR.js";
import {
  collectEnv,
  collectLabels,
  parseEnv,
  parseLabel,
  readTextFile
} from "./chunk-GK2WXUHP.js";
import {
  pairsToMap,
  splitPair
} from "./chunk-NLNHA66E.js";
import {
  invalid
} from "./chunk-GVOX5WRT.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import {
  containerCreate
} from "./chunk-NMDKTQMT.js";
import {
  isNoEngine
} from "./chunk-LD6ES5PW.js";
import {
  bool,
  int,
  list,
  optionalBool,
  parseInteger,
  parsed,
  parsedList,
  quote,
  text
} from "./chunk-BK7RGC7S.js";
import {
  TdockError,
  isError
} from "./chunk-Z77EZBYY.js";
import {
  __callDispose,
  __using
} from "./chunk-UIKEASUR.js";

// packages/cli/src/flags/device.ts
import { posix } from "node:path";
function isCdiDevice(text2) {
  return /^[a-zA-Z][a-zA-Z0-9._-]*\/[a-zA-Z][a-zA-Z0-9_-]*=[a-zA-Z0-9][a-zA-Z0-9._:-]*$/.test(text2);
}
function parseDevice(text2) {
  const [source = "", second, third, ...more] = text2.split(":");
  if (more.length > 0 || source === "") throw invalid(`bad format for path: ${text2}`);
  if (third !== void 0 && !isDeviceMode(third)) throw invalid(`bad mode specified: ${third}`);
  const secondIsMode = third === void 0 && second !== void 0 && isDeviceMode(second);
  const target = second === void 0 || secondIsMode ? source : second;
  if (!target.startsWith("/")) throw invalid(`${target} is not an absolute path`);
  return {
    PathOnHost: second === void 0 || secondIsMode ? posix.normalize(source) : source,
    PathInContainer: posix.normalize(target),
    CgroupPermissions: (secondIsMode ? second : third) ?? "rwm"
  };
}
function isDeviceMode(text2) {
  return /^[rwm]{1,3}$/.test(text2) && new Set(text2).size === text2.length;
}
function parseDeviceCgroupRule(text2) {
  if (!/^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}$/.test(text2)) throw invalid(`invalid device cgroup format '${text2}'`);
  return text2;
}
function parseByteRate(text2) {
  const hint = "The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb";
  return { Path: devicePath(text2), Rate: rateOf(text2, hint, parseSize) };
}
function parseIoRate(text2) {
  const hint = "The correct format is <device-path>:<number>. Number must be a positive integer";
  return { Path: devicePath(text2), Rate: rateOf(text2, hint, parseCount) };
}
function parseWeightDevice(text2) {
  const Path = devicePath(text2);
  const weight = Number(splitPair(text2, ":")[1]);
  const isWeight = Number.isInteger(weight) && (weight === 0 || weight >= 10 && weight <= 1e3);
  if (!isWeight) throw invalid(`invalid weight for device: ${text2}`);
  return { Path, Weight: weight };
}
function devicePath(text2) {
  const [path, rest] = splitPair(text2, ":");
  if (rest === void 0 || path === "") throw invalid(`bad format: ${text2}`);
  if (!path.startsWith("/dev/")) throw invalid(`bad format for device path: ${text2}`);
  return path;
}
function rateOf(text2, hint, parse) {
  try {
    return parse(splitPair(text2, ":")[1] ?? "");
  } catch (cause) {
    throw invalid(`invalid rate for device: ${text2}. ${hint}`, cause);
  }
}
function parseCount(text2) {
  const count = parseInteger(text2);
  if (count < 0) throw invalid("negative");
  return count;
}

// packages/cli/src/flags/endpoints.ts
function endpointsOf(flags) {
  const networks = flags.networks.length === 0 ? [{ target: "default", aliases: [] }] : flags.networks;
  const endpoints = /* @__PURE__ */ Object.create(null);
  for (const [index, network2] of networks.entries()) {
    const merged = index === 0 ? withOlderFlags(network2, flags) : { ...network2, links: [] };
    if (Object.hasOwn(endpoints, network2.target))
      throw invalid(`network "${network2.target}" is specified multiple times`);
    const endpoint = endpointOf(merged);
    if (networks.length > 1 || Object.keys(endpoint).length > 0) endpoints[network2.target] = endpoint;
  }
  const kinds = new Set(networks.map(({ target }) => isUserDefined(target)));
  if (kinds.size > 1) {
    throw invalid("conflicting options: cannot attach both user-defined and non-user-defined network-modes");
  }
  return endpoints;
}
function isUserDefined(mode) {
  return !["default", "bridge", "host", "none"].includes(mode) && !mode.startsWith("container:");
}
function withOlderFlags(network2, flags) {
  refuseBoth(network2.aliases.length > 0 && flags.aliases.length > 0, "--network-alias and per-network alias");
  refuseBoth(network2.ipv4 !== void 0 && flags.ipv4 !== void 0, "--ip and per-network IPv4 address");
  refuseBoth(network2.ipv6 !== void 0 && flags.ipv6 !== void 0, "--ip6 and per-network IPv6 address");
  refuseBoth(
    network2.macAddress !== void 0 && flags.macAddress !== void 0,
    "--mac-address and per-network MAC address"
  );
  refuseBoth(
    network2.linkLocalIps !== void 0 && flags.linkLocalIps.length > 0,
    "--link-local-ip and per-network link-local IP addresses"
  );
  return {
    ...network2,
    aliases: [...network2.aliases, ...flags.aliases],
    links: isUserDefined(network2.target) ? flags.links : [],
    ...definedOnly({ ipv4: flags.ipv4, ipv6: flags.ipv6, macAddress: flags.macAddress }),
    ...flags.linkLocalIps.length > 0 && { linkLocalIps: flags.linkLocalIps }
  };
}
function refuseBoth(both, names2) {
  if (both) throw invalid(`conflicting options: cannot specify both ${names2}`);
}
function endpointOf(network2) {
  const { target, aliases, links, ipv4, ipv6, linkLocalIps } = network2;
  if (target.trim() === "") throw invalid("no name set for network");
  if (aliases.length > 0 && !isUserDefined(target)) {
    throw invalid("network-scoped aliases are only supported for user-defined networks");
  }
  const ipam = definedOnly({ IPv4Address: ipv4, IPv6Address: ipv6, LinkLocalIPs: linkLocalIps && [...linkLocalIps] });
  return {
    ...aliases.length > 0 && { Aliases: [...aliases] },
    ...links.length > 0 && { Links: [...links] },
    ...Object.keys(ipam).length > 0 && { IPAMConfig: ipam },
    ...definedOnly({ MacAddress: network2.macAddress, GwPriority: network2.gatewayPriority }),
    ...network2.driverOpts !== void 0 && { DriverOpts: { ...network2.driverOpts } }
  };
}
function definedOnly(members) {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== void 0));
}

// packages/cli/src/flags/health.ts
var counted = [
  "health-interval",
  "health-timeout",
  "health-retries",
  "health-start-period",
  "health-start-interval"
];
function healthConfigOf(flags) {
  const command = flags["health-cmd"] || void 0;
  const hasSettings = command !== void 0 || counted.some((name) => Boolean(flags[name]));
  if (flags["no-healthcheck"]) {
    if (hasSettings) throw invalid("--no-healthcheck conflicts with --health-* options");
    return { Test: ["NONE"] };
  }
  if (!hasSettings) return void 0;
  for (const name of counted) if ((flags[name] ?? 0) < 0) throw invalid(`--${name} cannot be negative`);
  return {
    Test: command === void 0 ? void 0 : ["CMD-SHELL", command],
    Interval: flags["health-interval"],
    Timeout: flags["health-timeout"],
    StartPeriod: flags["health-start-period"],
    StartInterval: flags["health-start-interval"],
    Retries: flags["health-retries"]
  };
}

// packages/cli/src/flags/modes.ts
var modes = [
  ["pid", /^(host|container:.+)?$/, "--pid: invalid PID mode"],
  ["uts", /^(host)?$/, "--uts: invalid UTS mode"],
  ["userns", /^(host)?$/, "--userns: invalid USER mode"],
  ["cgroupns", /^(host|private)?$/, "--cgroupns: invalid CGROUP mode"]
];
function checkModes(flags) {
  for (const [name, accepted, message] of modes) {
    if (!accepted.test(flags[name] ?? "")) throw invalid(message);
  }
}

// packages/cli/src/flags/publish.ts
import { isIP } from "node:net";
function parsePublished(specs) {
  const bindings = /* @__PURE__ */ Object.create(null);
  for (const { port, ...binding } of specs.flatMap((spec) => parsePublish(toShortForm(spec)))) {
    bindings[port] ??= [];
    bindings[port].push(binding);
  }
  return bindings;
}
function parseExposed(text2) {
  try {
    const [range, protocol] = splitProtocol(text2);
    return portsOf(parseRange(range, text2), protocol);
  } catch (cause) {
    throw invalid(`invalid range format for --expose: ${cause.message}`, cause);
  }
}
function toShortForm(spec) {
  if (!spec.includes("=")) return spec;
  const options = { protocol: "tcp" };
  for (const part of spec.split(",")) {
    const [name, value] = splitPair(part);
    if (value === void 0 || name === "") {
      throw invalid(`invalid publish opts format (should be name=value but got '${part}')`);
    }
    options[name] = value;
  }
  return `${options.published ?? ""}:${options.target ?? ""}/${options.protocol}`;
}
function parsePublish(spec) {
  const parts = spec.split(":");
  const [containerPart = "", hostPart = "", ...addressParts] = parts.reverse();
  const address = parseAddress(addressParts.reverse().join(":"));
  const [containerRange, protocol] = splitProtocol(containerPart);
  if (containerRange === "") throw invalid(`no port specified: ${spec}<empty>`);
  const inside = parseRange(containerRange, `invalid containerPort: ${containerRange}`);
  if (hostPart === "") return portsOf(inside, protocol).map((port) => ({ port, HostIp: address, HostPort: "" }));
  const outside = parseRange(hostPart, `invalid hostPort: ${hostPart}`);
  const isChoice = inside.first === inside.last && outside.first !== outside.last;
  if (!isChoice && inside.last - inside.first !== outside.last - outside.first) {
    throw invalid(`invalid ranges specified for container and host Ports: ${containerRange} and ${hostPart}`);
  }
  return portsOf(inside, protocol).map((port, index) => ({
    port,
    HostIp: address,
    HostPort: isChoice ? `${outside.first}-${outside.last}` : String(outside.first + index)
  }));
}
function parseAddress(text2) {
  const address = text2.replace(/^\[(.*)\]$/, "$1");
  if (address !== "" && isIP(address) === 0) throw invalid(`invalid IP address: ${address}`);
  return address;
}
function splitProtocol(text2) {
  const [range, given = "tcp"] = splitPair(text2, "/");
  const protocol = given.toLowerCase() || "tcp";
  if (!["tcp", "udp", "sctp"].includes(protocol)) throw invalid(`invalid proto: ${protocol}`);
  return [range, protocol];
}
function parseRange(text2, message) {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text2);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? first);
  if (match === null || first > 65535 || last > 65535 || last < first) throw invalid(message);
  return { first, last };
}
function portsOf({ first, last }, protocol) {
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol}`);
}

// packages/cli/src/flags/security.ts
function securityOptions(given) {
  const options = given.map(readSecurityOption);
  return {
    options: options.filter((option) => option !== "systempaths=unconfined"),
    systemPathsUnconfined: options.includes("systempaths=unconfined")
  };
}
function readSecurityOption(option) {
  const [name, value] = option.includes("=") ? splitPair(option) : splitPair(option, ":");
  if (name === "no-new-privileges") return option;
  if (value === void 0 || value === "") throw invalid(`invalid --security-opt: ${quote(option)}`);
  const isProfile = name === "seccomp" && value !== "unconfined" && value !== "builtin";
  return isProfile ? `seccomp=${readProfile(value)}` : option;
}
function readProfile(path) {
  let text2;
  try {
    text2 = readTextFile(path);
  } catch (cause) {
    throw invalid(`opening seccomp profile (${path}) failed: ${cause.message}`, cause);
  }
  try {
    return JSON.stringify(JSON.parse(text2));
  } catch (cause) {
    throw invalid(`compacting json for seccomp profile (${path}) failed: ${cause.message}`, cause);
  }
}

// packages/cli/src/flags/volume.ts
import { resolve } from "node:path";
function parseVolume(spec) {
  if (spec === "") throw invalid("invalid empty volume spec");
  const parts = spec.split(":");
  if (parts.includes("") && spec.length > 2) throw invalid(`invalid spec: ${spec}: empty section between colons`);
  if (parts.length > 3) throw invalid(`invalid spec: ${spec}: too many colons`);
  const [source = "", ...rest] = parts;
  if (rest.length === 0) return { kind: "anonymous", target: source };
  return { kind: "bind", bind: [source.startsWith(".") ? resolve(source) : source, ...rest].join(":") };
}

// packages/cli/src/flags/container-body.ts
function containerBody(flags, context) {
  checkModes(flags);
  if (flags.rm && flags.restart !== void 0 && !["", "no"].includes(flags.restart.Name ?? "")) {
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
      PortBindings: ports
    },
    NetworkingConfig: { EndpointsConfig: endpointsOf(networkFlagsOf(flags)) }
  };
}
function processOf(flags, { image, command, env }) {
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
    Env: collectEnv(flags["env-file"], flags.env, env),
    Cmd: command.length === 0 ? void 0 : [...command],
    Entrypoint: flags.entrypoint === void 0 ? void 0 : [flags.entrypoint],
    Image: image,
    WorkingDir: flags.workdir,
    Labels: pairsToMap(collectLabels(flags["label-file"], flags.label)),
    StopSignal: flags["stop-signal"],
    StopTimeout: flags["stop-timeout"]
  };
}
function resourcesOf(flags) {
  const swappiness = flags["memory-swappiness"];
  if (swappiness !== void 0 && (swappiness < -1 || swappiness > 100)) {
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
    Ulimits: [...new Map(flags.ulimit.map((one) => [one.Name, one])).values()].toSorted(
      (a, b) => a.Name < b.Name ? -1 : 1
    ),
    ShmSize: flags["shm-size"],
    ...devicesOf(flags)
  };
}
function devicesOf(flags) {
  const named = flags.device.filter(isCdiDevice);
  return {
    Devices: flags.device.filter((device) => !isCdiDevice(device)).map(parseDevice),
    DeviceCgroupRules: [...flags["device-cgroup-rule"]],
    DeviceRequests: [...flags.gpus, ...named.length === 0 ? [] : [{ Driver: "cdi", DeviceIDs: named }]]
  };
}
function namespacesOf(flags) {
  return {
    CgroupnsMode: flags.cgroupns,
    IpcMode: flags.ipc,
    Isolation: flags.isolation,
    PidMode: flags.pid,
    UTSMode: flags.uts,
    UsernsMode: flags.userns,
    Runtime: flags.runtime
  };
}
function securityOf(flags) {
  const { options, systemPathsUnconfined } = securityOptions(flags["security-opt"]);
  return {
    CapAdd: [...flags["cap-add"]],
    CapDrop: [...flags["cap-drop"]],
    GroupAdd: [...flags["group-add"]],
    Privileged: flags.privileged,
    ReadonlyRootfs: flags["read-only"],
    SecurityOpt: [...options],
    Sysctls: pairsToMap(flags.sysctl),
    ...systemPathsUnconfined && { MaskedPaths: [], ReadonlyPaths: [] }
  };
}
function networkOf(flags) {
  return {
    Dns: [...flags.dns],
    DnsOptions: [...flags["dns-opt"], ...flags["dns-option"]],
    DnsSearch: [...flags["dns-search"]],
    ExtraHosts: [...flags["add-host"]],
    Links: [...flags.link],
    NetworkMode: [...flags.net, ...flags.network][0]?.target ?? "default",
    PublishAllPorts: flags["publish-all"]
  };
}
function networkFlagsOf(flags) {
  return {
    networks: [...flags.net, ...flags.network],
    aliases: [...flags["net-alias"], ...flags["network-alias"]],
    links: flags.link,
    ipv4: flags.ip,
    ipv6: flags.ip6,
    macAddress: flags["mac-address"],
    linkLocalIps: flags["link-local-ip"]
  };
}
function storageOf(flags) {
  const volumes = flags.volume.map(parseVolume);
  return {
    anonymous: volumes.flatMap((one) => one.kind === "anonymous" ? [one.target] : []),
    host: {
      Binds: volumes.flatMap((one) => one.kind === "bind" ? [one.bind] : []),
      Mounts: [...flags.mount],
      StorageOpt: pairsToMap(flags["storage-opt"]),
      Tmpfs: Object.fromEntries(
        flags.tmpfs.map((one) => splitPair(one, ":")).map(([path, options = ""]) => [path, options])
      ),
      VolumeDriver: flags["volume-driver"],
      VolumesFrom: [...flags["volumes-from"]]
    }
  };
}
function lifecycleOf(flags) {
  if (flags["log-driver"] === "none" && flags["log-opt"].length > 0) {
    throw invalid("invalid logging opts for driver none");
  }
  return {
    Annotations: pairsToMap(flags.annotation),
    AutoRemove: flags.rm,
    ContainerIDFile: flags.cidfile,
    Init: flags.init,
    LogConfig: { Type: flags["log-driver"] ?? "", Config: pairsToMap(flags["log-opt"]) },
    RestartPolicy: flags.restart ?? { Name: "no", MaximumRetryCount: 0 }
  };
}
function emptyObjects(names2) {
  return Object.fromEntries(names2.map((name) => [name, {}]));
}

// packages/cli/src/flags/gpus.ts
function parseGpus(text2) {
  const seen = /* @__PURE__ */ new Set();
  let request = { Options: {}, Capabilities: [["gpu"]] };
  for (const field of parseCsvLine(text2)) {
    const [name, value] = splitPair(field);
    const key = value === void 0 ? "count" : name;
    if (seen.has(key)) throw invalid(`gpu request key '${key}' can be specified only once`);
    seen.add(key);
    request = { ...request, ...readGpuField(key, value ?? name, field) };
  }
  return seen.has("count") || seen.has("device") ? request : { ...request, Count: 1 };
}
function readGpuField(key, value, field) {
  switch (key) {
    case "driver":
      return { Driver: value };
    case "count":
      return { Count: parseCount2(value) };
    case "device":
      return { DeviceIDs: value.split(",") };
    case "capabilities":
      return { Capabilities: [[...value.split(","), "gpu"]] };
    case "options":
      return { Options: pairsToMap(parseCsvLine(value)) };
    default:
      throw invalid(`unexpected key '${key}' in '${field}'`);
  }
}
function parseCount2(text2) {
  if (text2 === "all") return -1;
  if (!/^[+-]?\d{1,9}$/.test(text2)) {
    throw invalid(`invalid count (${text2}): value must be either "all" or an integer: invalid syntax`);
  }
  return Number(text2);
}

// packages/cli/src/flags/mount.ts
import { resolve as resolve2 } from "node:path";
function parseMount(text2) {
  const trimmed = text2.trim();
  if (trimmed === "") throw invalid("value is empty");
  const mount = { Type: "volume", Target: "" };
  for (const field of parseCsvLine(trimmed)) setField(mount, field);
  checkMount(mount);
  return mount;
}
function setField(mount, field) {
  const [given, value] = splitPair(field);
  if (given.trim() !== given) {
    throw invalid(`invalid option '${given.trim()}' in '${field}': option should not have whitespace`);
  }
  if (value !== void 0) checkValue(given, value, field);
  const name = given.toLowerCase();
  const set = Object.hasOwn(setters, name) ? setters[name] : void 0;
  if (value === void 0 && !bareFields.has(name)) throw invalid(`invalid field '${field}' must be a key=value pair`);
  if (set === void 0) throw invalid(`unknown option '${name}' in '${field}'`);
  set(mount, { name, value: value ?? "", isBare: value === void 0 });
}
function checkValue(name, value, field) {
  if (value.trim() === "") throw invalid(`invalid value for '${name}': value is empty`);
  if (value.trim() !== value)
    throw invalid(`invalid value for '${name}' in '${field}': value should not have whitespace`);
}
var bareFields = /* @__PURE__ */ new Set(["readonly", "ro", "volume-nocopy", "bind-nonrecursive", "bind-create-src"]);
var setType = (mount, { value }) => {
  mount.Type = value.toLowerCase();
};
var setSource = (mount, { value }) => {
  mount.Source = value.startsWith(".") ? resolve2(value) : value;
};
var setTarget = (mount, { value }) => {
  mount.Target = value;
};
var setReadOnly = (mount, field) => {
  mount.ReadOnly = boolOf(field);
};
var setters = {
  type: setType,
  source: setSource,
  src: setSource,
  target: setTarget,
  dst: setTarget,
  destination: setTarget,
  readonly: setReadOnly,
  ro: setReadOnly,
  consistency: (mount, { value }) => {
    mount.Consistency = value.toLowerCase();
  },
  "bind-propagation": (mount, { value }) => setOption(mount, "BindOptions", { Propagation: value.toLowerCase() }),
  "bind-nonrecursive": () => {
    throw invalid("bind-nonrecursive is deprecated, use bind-recursive=disabled instead");
  },
  "bind-recursive": setRecursive,
  "bind-create-src": (mount, field) => setOption(mount, "BindOptions", { CreateMountpoint: boolOf(field) }),
  "volume-subpath": (mount, { value }) => setOption(mount, "VolumeOptions", { Subpath: value }),
  "volume-nocopy": (mount, field) => setOption(mount, "VolumeOptions", { NoCopy: boolOf(field) }),
  "volume-label": (mount, { value }) => {
    setOption(mount, "VolumeOptions", { Labels: { ...mount.VolumeOptions?.Labels, ...pairOf(value) } });
  },
  "volume-driver": (mount, { value }) => setDriver(mount, { Name: value }),
  "volume-opt": (mount, { value }) => {
    setDriver(mount, { Options: { ...mount.VolumeOptions?.DriverConfig?.Options, ...pairOf(value) } });
  },
  "image-subpath": (mount, { value }) => setOption(mount, "ImageOptions", { Subpath: value }),
  "tmpfs-size": (mount, { name, value }) => {
    setOption(mount, "TmpfsOptions", { SizeBytes: orInvalid(name, value, () => parseSize(value)) });
  },
  "tmpfs-mode": (mount, { name, value }) => {
    setOption(mount, "TmpfsOptions", { Mode: orInvalid(name, value, () => parseMode(value)) });
  }
};
function setRecursive(mount, { name, value }) {
  const options = {
    enabled: {},
    disabled: { NonRecursive: true },
    writable: { ReadOnlyNonRecursive: true },
    readonly: { ReadOnlyForceRecursive: true }
  };
  const chosen = Object.hasOwn(options, value) ? options[value] : void 0;
  if (chosen === void 0) {
    throw invalid(`invalid value for ${name}: ${value} (must be "enabled", "disabled", "writable", or "readonly")`);
  }
  if (value !== "enabled") setOption(mount, "BindOptions", chosen);
}
function setOption(mount, group, options) {
  Object.assign(mount, { [group]: { ...mount[group], ...options } });
}
function setDriver(mount, driver) {
  setOption(mount, "VolumeOptions", { DriverConfig: { ...mount.VolumeOptions?.DriverConfig, ...driver } });
}
function pairOf(text2) {
  const [name, value = ""] = splitPair(text2);
  return name === "" ? {} : { [name]: value };
}
function boolOf({ name, value, isBare }) {
  if (isBare || value === "1" || value === "true") return true;
  if (value === "0" || value === "false") return false;
  const wanted = 'must be one of "true", "1", "false", or "0" (default "true")';
  throw invalid(`invalid value for '${name}': invalid boolean value (${quote(value)}): ${wanted}`);
}
function parseMode(value) {
  if (!/^[0-7]{1,10}$/.test(value)) throw invalid("not octal");
  return Number.parseInt(value, 8);
}
function orInvalid(name, value, parse) {
  try {
    return parse();
  } catch (cause) {
    throw invalid(`invalid value for ${name}: ${value}`, cause);
  }
}
var groups = [
  ["BindOptions", "bind", "bind-*"],
  ["VolumeOptions", "volume", "volume-*"],
  ["ImageOptions", "image", "image-*"],
  ["TmpfsOptions", "tmpfs", "tmpfs-*"]
];
function checkMount(mount) {
  for (const [group, type, shown] of groups) {
    if (mount.Type !== type && mount[group] !== void 0) {
      throw invalid(`cannot mix '${shown}' options with mount type '${mount.Type}'`);
    }
  }
  const { ReadOnlyNonRecursive, ReadOnlyForceRecursive, Propagation } = mount.BindOptions ?? {};
  const needs = (option, needed) => invalid(`option 'bind-recursive=${option}' requires '${needed}' to be specified in conjunction`);
  if (ReadOnlyNonRecursive && !mount.ReadOnly) throw needs("writable", "readonly");
  if (ReadOnlyForceRecursive && !mount.ReadOnly) throw needs("readonly", "readonly");
  if (ReadOnlyForceRecursive && Propagation !== "rprivate") throw needs("readonly", "bind-propagation=rprivate");
}

// packages/cli/src/flags/ulimit.ts
var names = new Set(
  "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(" ")
);
function parseUlimit(text2) {
  const [name, limits] = splitPair(text2);
  if (limits === void 0 || name === "" || limits === "") throw invalid(`invalid ulimit argument: ${text2}`);
  if (!names.has(name)) throw invalid(`invalid ulimit type: ${name}`);
  const parts = limits.split(":");
  if (parts.length > 2)
    throw invalid(`too many limit value arguments - ${limits}, can only have up to two, \`soft[:hard]\``);
  const [soft, hard = soft] = parts.map((part) => parseLimit(part));
  if (hard !== -1 && (soft === -1 || soft > hard)) {
    throw invalid(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
  }
  return { Name: name, Soft: soft, Hard: hard };
}
function parseLimit(text2) {
  if (!/^-?\d{1,15}$/.test(text2)) throw invalid(`strconv.ParseInt: parsing "${text2}": invalid syntax`);
  return Number(text2);
}

// packages/cli/src/flags/container-flags.ts
var bytes = { label: "bytes" };
var duration = { label: "duration" };
var ulimit = { label: "ulimit" };
var network = { label: "network" };
var processFlags = {
  attach: parsedList("Attach to STDIN, STDOUT or STDERR", parseAttach, { short: "a" }),
  entrypoint: text("Overwrite the default ENTRYPOINT of the image"),
  env: parsedList("Set environment variables", parseEnv, { short: "e" }),
  "env-file": list("Read in a file of environment variables"),
  "group-add": list("Add additional groups to join"),
  hostname: text("Container host name", { short: "h" }),
  domainname: text("Container NIS domain name"),
  init: optionalBool("Run an init inside the container that forwards signals and reaps processes"),
  interactive: bool("Keep STDIN open even if not attached", { short: "i" }),
  tty: bool("Allocate a pseudo-TTY", { short: "t" }),
  user: text("Username or UID (format: <name|uid>[:<group|gid>])", { short: "u" }),
  workdir: text("Working directory inside the container", { short: "w" }),
  "stop-signal": text("Signal to stop the container"),
  "stop-timeout": int("Timeout (in seconds) to stop a container")
};
var metadataFlags = {
  annotation: list("Add an annotation to the container (passed through to the OCI runtime)", { label: "map" }),
  cidfile: text("Write the container ID to the file"),
  label: parsedList("Set meta data on a container", parseLabel, { short: "l" }),
  "label-file": list("Read in a line delimited file of labels")
};
var namespaceFlags = {
  "cgroup-parent": text("Optional parent cgroup for the container"),
  cgroupns: text("Cgroup namespace to use (host|private)"),
  ipc: text("IPC mode to use"),
  isolation: text("Container isolation technology"),
  pid: text("PID namespace to use"),
  runtime: text("Runtime to use for this container"),
  userns: text("User namespace to use"),
  uts: text("UTS namespace to use")
};
var resourceFlags = {
  "blkio-weight": int("Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)", {
    label: "uint16"
  }),
  "blkio-weight-device": parsedList("Block IO weight (relative device weight)", parseWeightDevice),
  "cpu-period": int("Limit CPU CFS (Completely Fair Scheduler) period"),
  "cpu-quota": int("Limit CPU CFS (Completely Fair Scheduler) quota"),
  "cpu-rt-period": int("Limit CPU real-time period in microseconds"),
  "cpu-rt-runtime": int("Limit CPU real-time runtime in microseconds"),
  "cpu-shares": int("CPU shares (relative weight)", { short: "c" }),
  cpus: parsed("Number of CPUs", parseCpus, { label: "decimal" }),
  "cpuset-cpus": text("CPUs in which to allow execution (0-3, 0,1)"),
  "cpuset-mems": text("MEMs in which to allow execution (0-3, 0,1)"),
  "device-cgroup-rule": parsedList("Add a rule to the cgroup allowed devices list", parseDeviceCgroupRule),
  "device-read-bps": parsedList("Limit read rate (bytes per second) from a device", parseByteRate),
  "device-read-iops": parsedList("Limit read rate (IO per second) from a device", parseIoRate),
  "device-write-bps": parsedList("Limit write rate (bytes per second) to a device", parseByteRate),
  "device-write-iops": parsedList("Limit write rate (IO per second) to a device", parseIoRate),
  gpus: parsedList("GPU devices to add to the container ('all' to pass all GPUs)", parseGpus, { label: "gpu-request" }),
  memory: parsed("Memory limit", parseSize, { short: "m", ...bytes }),
  "memory-reservation": parsed("Memory soft limit", parseSize, bytes),
  "memory-swap": parsed("Swap limit equal to memory plus swap: '-1' to enable unlimited swap", parseSwapSize, bytes),
  "memory-swappiness": int("Tune container memory swappiness (0 to 100)", { shownDefault: "-1" }),
  "oom-kill-disable": bool("Disable OOM Killer"),
  "oom-score-adj": int("Tune host's OOM preferences (-1000 to 1000)"),
  "pids-limit": int("Tune container pids limit (set -1 for unlimited)"),
  "shm-size": parsed("Size of /dev/shm", parseSize, bytes),
  ulimit: parsedList("Ulimit options", parseUlimit, { ...ulimit, shownDefault: "[]" })
};
var networkFlags = {
  "add-host": parsedList("Add a custom host-to-IP mapping (host:ip)", parseExtraHost),
  dns: parsedList("Set custom DNS servers", parseDnsServer),
  "dns-opt": list("Set DNS options", { hidden: true }),
  "dns-option": list("Set DNS options"),
  "dns-search": parsedList("Set custom DNS search domains", parseDnsSearch),
  expose: list("Expose a port or a range of ports"),
  ip: parsed("IPv4 address (e.g., 172.30.100.104)", parseIpv4, { label: "ip" }),
  ip6: parsed("IPv6 address (e.g., 2001:db8::33)", parseIpv6, { label: "ip" }),
  link: parsedList("Add link to another container", parseLink),
  "link-local-ip": parsedList("Container IPv4/IPv6 link-local addresses", parseIp),
  "mac-address": parsed("Container MAC address (e.g., 92:d0:c6:0a:29:33)", parseMac),
  net: parsedList("Connect a container to a network", parseNetwork, { hidden: true, ...network }),
  "net-alias": list("Add network-scoped alias for the container", { hidden: true }),
  network: parsedList("Connect a container to a network", parseNetwork, network),
  "network-alias": list("Add network-scoped alias for the container"),
  publish: list("Publish a container's port(s) to the host", { short: "p" }),
  "publish-all": bool("Publish all exposed ports to random ports", { short: "P" })
};
var storageFlags = {
  device: list("Add a host device to the container"),
  mount: parsedList("Attach a filesystem mount to the container", parseMount, { label: "mount" }),
  "read-only": bool("Mount the container's root filesystem as read only"),
  "storage-opt": parsedList("Storage driver options for the container", parseStorageOption),
  tmpfs: list("Mount a tmpfs directory"),
  volume: list("Bind mount a volume", { short: "v" }),
  "volume-driver": text("Optional volume driver for the container"),
  "volumes-from": list("Mount volumes from the specified container(s)")
};
var securityFlags = {
  "cap-add": list("Add Linux capabilities"),
  "cap-drop": list("Drop Linux capabilities"),
  privileged: bool("Give extended privileges to this container"),
  "security-opt": list("Security Options"),
  sysctl: parsedList("Sysctl options", parseSysctl, { label: "map", shownDefault: "map[]" })
};
var lifecycleFlags = {
  "health-cmd": text("Command to run to check health"),
  "health-interval": parsed("Time between running the check (ms|s|m|h) (default 0s)", parseDuration, duration),
  "health-retries": int("Consecutive failures needed to report unhealthy"),
  "health-start-interval": parsed(
    "Time between running the check during the start period (ms|s|m|h) (default 0s)",
    parseDuration,
    duration
  ),
  "health-start-period": parsed(
    "Start period for the container to initialize before starting health-retries countdown (ms|s|m|h) (default 0s)",
    parseDuration,
    duration
  ),
  "health-timeout": parsed("Maximum time to allow one check to run (ms|s|m|h) (default 0s)", parseDuration, duration),
  "no-healthcheck": bool("Disable any container-specified HEALTHCHECK"),
  "log-driver": text("Logging driver for the container"),
  "log-opt": list("Log driver options"),
  restart: parsed("Restart policy to apply when a container exits", parseRestartPolicy, { shownDefault: '"no"' }),
  rm: bool("Automatically remove the container and its associated anonymous volumes when it exits")
};
var containerFlags = {
  ...processFlags,
  ...metadataFlags,
  ...namespaceFlags,
  ...resourceFlags,
  ...networkFlags,
  ...storageFlags,
  ...securityFlags,
  ...lifecycleFlags
};

// packages/cli/src/commands/id-file.ts
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
var noFile = { write: () => {
}, [Symbol.dispose]: () => {
} };
function writeIdFile(path) {
  if (path === void 0 || path === "") return noFile;
  const descriptor = openNew(path);
  let written = false;
  return {
    write(id) {
      writeSync(descriptor, id);
      written = true;
    },
    [Symbol.dispose]() {
      closeSync(descriptor);
      if (!written) rmSync(path, { force: true });
    }
  };
}
function openNew(path) {
  try {
    return openSync(path, "wx", 438);
  } catch (cause) {
    const { code, message } = cause;
    if (code !== "EEXIST")
      throw new TdockError("not-found", `failed to create the container ID file: ${message}`, { cause });
    const hint = `make sure the other container isn't running or delete ${path}`;
    throw new TdockError("conflict", `container ID file found, ${hint}`, { cause });
  }
}

// packages/cli/src/commands/create-container.ts
var createFlags = {
  name: text("Assign a name to the container"),
  platform: text("Set platform if server is multi-platform capable"),
  pull: text('Pull image before creating ("always", "missing", "never")', { shownDefault: '"missing"' }),
  quiet: bool("Suppress the pull output", { short: "q" }),
  "disable-content-trust": bool("Skip image verification (deprecated)", { initial: true, hidden: true })
};
async function createContainer(cli, options) {
  var _stack = [];
  try {
    const { body, pull = "missing" } = options;
    if (!["always", "missing", "never", ""].includes(pull)) {
      throw new TdockError(
        "invalid-argument",
        `invalid pull option: '${pull}': must be one of "always", "missing" or "never"`
      );
    }
    const idFile = __using(_stack, writeIdFile(body.HostConfig?.ContainerIDFile ?? void 0));
    const platform = options.platform ?? (cli.env.DOCKER_DEFAULT_PLATFORM || void 0);
    if (pull === "always") await pullImage(cli, { ...options, image: body.Image ?? "", platform });
    const { Id, Warnings } = await createOrPull(cli, { ...options, platform, pull });
    for (const warning of Warnings ?? []) cli.err.print(`WARNING: ${warning}
`);
    idFile.write(Id);
    return Id;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}
async function createOrPull(cli, options) {
  const { body, name, platform } = options;
  const create = () => call(cli.client, containerCreate, { body, name: name || void 0, platform });
  try {
    return await create();
  } catch (thrown) {
    if (!isError(thrown, "not-found") || options.pull !== "missing") throw thrown;
    const shown = familiarReference(withDefaultTag(requireReference(body.Image ?? "")));
    if (!options.quiet) cli.err.print(`Unable to find image '${shown}' locally
`);
    await pullImage(cli, { ...options, image: body.Image ?? "" });
    return create();
  }
}

// packages/cli/src/commands/run-failure.ts
var exitCodes = { "command-not-found": 127, "not-executable": 126 };
function runFailure(cli, command, thrown) {
  const error = TdockError.from(thrown);
  if (error.reason === "refused-here") {
    cli.err.print(`${error.message}
`);
    return 1;
  }
  const message = isNoEngine(error) ? error.message : `${programName}: ${error.message}`;
  cli.err.print(`${message}

Run '${programName} ${command} --help' for more information
`);
  return exitCodes[error.reason ?? ""] ?? 125;
}

export {
  containerBody,
  parseUlimit,
  containerFlags,
  createFlags,
  createContainer,
  runFailure
};
