import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  compileTemplate,
  isDot
} from "./chunk-K6GYZVAU.js";
import {
  toJson
} from "./chunk-3A66ICA2.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/commands/inspect-members.ts
var optionalMembers = {
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
    "ArgsEscaped"
  ],
  HostConfig: ["Annotations", "Init", "Mounts", "StorageOpt", "Sysctls", "Tmpfs"]
};
function withOptionalMembers(value) {
  if (!isDot(value)) return value;
  const copy = { ...value };
  for (const [path, members] of Object.entries(optionalMembers)) {
    if (path === "") addMissing(copy, isDot(value.State) ? members : []);
    else if (isDot(copy[path])) copy[path] = addMissing({ ...copy[path] }, members);
  }
  return copy;
}
function addMissing(object, members) {
  for (const member of members)
    if (!Object.hasOwn(object, member)) Object.defineProperty(object, member, { value: null });
  return object;
}
var lists = new Set(
  `Aliases Binds BlkioDeviceReadBps BlkioDeviceReadIOps BlkioDeviceWriteBps BlkioDeviceWriteIOps BlkioWeightDevice
   CapAdd CapDrop Cmd DNSNames DeviceCgroupRules DeviceRequests Devices Dns DnsOptions DnsSearch Entrypoint Env ExecIDs
   ExtraHosts GroupAdd IPAMConfigs LinkLocalIPs Links MaskedPaths Mounts OnBuild ReadonlyPaths RepoDigests RepoTags
   SecurityOpt Shell Test Ulimits VolumesFrom`.split(/\s+/)
);
var textMaps = new Set("Annotations Attributes DriverOpts Labels Options StorageOpt Sysctls Tmpfs".split(" "));
var otherMaps = new Set("Containers ExposedPorts PortBindings Ports Volumes".split(" "));
var dockerShape = {
  isTextMap: (name) => textMaps.has(name),
  showNil(name) {
    if (name === void 0) return "<nil>";
    if (lists.has(name)) return "[]";
    return textMaps.has(name) || otherMaps.has(name) ? "map[]" : "<nil>";
  }
};

// packages/cli/src/commands/inspect-output.ts
var inspectFormatUsage = `Format output using a custom template:
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`;
async function printInspected(cli, { names, format, find }) {
  let template;
  try {
    template = format === void 0 || format === "" || format === "json" ? void 0 : compileTemplate(format);
  } catch (thrown) {
    cli.err.print(`${TdockError.from(thrown).message}
`);
    return 64;
  }
  const shown = { values: [], texts: [], errors: [] };
  for (const name of names) await inspectOne({ name, find, template }, shown);
  cli.out.print(template === void 0 ? jsonText(shown.values, format) : shown.texts.join("") || "\n");
  if (shown.errors.length > 0) cli.err.print(shown.errors.map(({ message }) => `${message}
`).join(""));
  return shown.errors.length > 0 ? 1 : 0;
}
async function inspectOne({ name, find, template }, { values, texts, errors }) {
  try {
    const value = await find(name);
    values.push(value);
    if (template !== void 0) texts.push(`${template.render(withOptionalMembers(value), dockerShape)}
`);
  } catch (thrown) {
    errors.push(TdockError.from(thrown));
  }
}
function jsonText(values, format) {
  return `${toJson(values, format === "json" || values.length === 0 ? "" : "    ")}
`;
}

export {
  dockerShape,
  inspectFormatUsage,
  printInspected
};
