import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  clientVersion
} from "./chunk-IR6J7GL7.js";
import {
  systemInfo
} from "./chunk-KIJLNSOV.js";
import {
  inspectFormatUsage
} from "./chunk-WXQ3D7DG.js";
import {
  binarySize
} from "./chunk-WYE2WXCF.js";
import {
  compileTemplate
} from "./chunk-K6GYZVAU.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  none
} from "./chunk-TYEFKKFM.js";
import {
  text
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/info.ts
var client = { Debug: false, Version: clientVersion, Context: "default", Plugins: [], Warnings: null };
var info = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: { format: text(inspectFormatUsage, { short: "f" }) },
  async run(cli, { flags }) {
    const { format = "" } = flags;
    if (format === "") return printInfo(cli);
    const template = compileTemplate(format === "json" ? "{{json .}}" : format);
    const server = await call(cli.client, systemInfo, {});
    cli.out.print(`${template.render({ ...server, ClientInfo: client })}
`);
    return 0;
  }
});
async function printInfo(cli) {
  cli.out.print(`Client:
 Version:    ${client.Version}
 Context:    default
 Debug Mode: false

Server:
`);
  let server;
  try {
    server = await call(cli.client, systemInfo, {});
  } catch (thrown) {
    cli.err.print(`${TdockError.from(thrown).message}
`);
    return 1;
  }
  cli.out.print(serverLines(server).join(""));
  cli.err.print((server.Warnings ?? []).map((warning) => `${warning}
`).join(""));
  return 0;
}
function serverLines(server) {
  return [...objectLines(server), ...pluginLines(server), ...runtimeLines(server), ...machineLines(server), "\n"];
}
function objectLines(server) {
  const status = (server.DriverStatus ?? []).map(([name, value]) => `  ${name}: ${value}
`);
  return [
    line("Containers", server.Containers),
    line(" Running", server.ContainersRunning),
    line(" Paused", server.ContainersPaused),
    line(" Stopped", server.ContainersStopped),
    line("Images", server.Images),
    ifAny("Server Version", server.ServerVersion),
    ifAny("Storage Driver", server.Driver),
    ...status,
    ifAny("Logging Driver", server.LoggingDriver),
    ifAny("Cgroup Driver", server.CgroupDriver),
    ifAny("Cgroup Version", server.CgroupVersion)
  ];
}
function pluginLines({ Plugins, CDISpecDirs }) {
  const directories = CDISpecDirs ?? [];
  return [
    " Plugins:\n",
    line(" Volume", (Plugins?.Volume ?? []).join(" ")),
    line(" Network", (Plugins?.Network ?? []).join(" ")),
    line(" Log", (Plugins?.Log ?? []).join(" ")),
    ...directories.length === 0 ? [] : [" CDI spec directories:\n", ...directories.map((one) => `  ${one}
`)]
  ];
}
function runtimeLines(server) {
  const security = (server.SecurityOptions ?? []).flatMap(securityLines);
  return [
    line("Swarm", server.Swarm?.LocalNodeState ?? "inactive"),
    line("Runtimes", Object.keys(server.Runtimes ?? {}).join(" ")),
    line("Default Runtime", server.DefaultRuntime),
    line("Init Binary", server.InitBinary),
    line("containerd version", server.ContainerdCommit?.ID),
    line("runc version", server.RuncCommit?.ID),
    line("init version", server.InitCommit?.ID),
    ...security.length === 0 ? [] : [" Security Options:\n", ...security]
  ];
}
function securityLines(option) {
  const pairs = option.split(",").map((pair) => pair.split("="));
  const name = pairs.find(([key]) => key === "name")?.[1] ?? option;
  const profile = pairs.find(([key]) => key === "profile")?.[1];
  return [`  ${name}
`, ...profile === void 0 ? [] : [`   Profile: ${profile}
`]];
}
function machineLines(server) {
  const insecure = Object.values(server.RegistryConfig?.IndexConfigs ?? {}).filter(({ Secure }) => Secure === false);
  const ranges = server.RegistryConfig?.InsecureRegistryCIDRs ?? [];
  return [
    ifAny("Kernel Version", server.KernelVersion),
    ifAny("Operating System", server.OperatingSystem),
    ifAny("OSType", server.OSType),
    ifAny("Architecture", server.Architecture),
    line("CPUs", server.NCPU),
    line("Total Memory", binarySize(server.MemTotal ?? 0)),
    ifAny("Name", server.Name),
    ifAny("ID", server.ID),
    line("Docker Root Dir", server.DockerRootDir),
    line("Debug Mode", server.Debug ?? false),
    ifAny("HTTP Proxy", server.HttpProxy),
    ifAny("HTTPS Proxy", server.HttpsProxy),
    ifAny("No Proxy", server.NoProxy),
    ...(server.Labels ?? []).length === 0 ? [] : [" Labels:\n", ...(server.Labels ?? []).map((one) => `  ${one}
`)],
    line("Experimental", server.ExperimentalBuild ?? false),
    ...insecure.length + ranges.length === 0 ? [] : [
      " Insecure Registries:\n",
      ...insecure.map(({ Name }) => `  ${Name}
`),
      ...ranges.map((one) => `  ${one}
`)
    ],
    line("Live Restore Enabled", server.LiveRestoreEnabled ?? false)
  ];
}
function line(name, value) {
  return ` ${name}: ${value ?? ""}
`;
}
function ifAny(name, value) {
  return value ? line(name, value) : "";
}
export {
  info
};
