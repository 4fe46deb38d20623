import { type SystemInfo, systemInfo } from "@tdock/api/system";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { clientVersion } from "../client-version.ts";
import { defineCommand, none } from "../command.ts";
import { text } from "../flags/flag.ts";
import { binarySize } from "../terminal/human.ts";
import { compileTemplate } from "../terminal/template/template.ts";
import type { Dot } from "../terminal/template/value.ts";
import { inspectFormatUsage } from "./inspect-output.ts";

const client = { Debug: false, Version: clientVersion, Context: "default", Plugins: [], Warnings: null };

export const info = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: { format: text(inspectFormatUsage, { short: "f" }) },
  async run(cli, { flags }) {
    const { format = "" } = flags;
    if (format === "") return printInfo(cli);
    const template = compileTemplate(format === "json" ? "{{json .}}" : format);
    const server = (await call(cli.client, systemInfo, {})) as unknown as Dot;
    cli.out.print(`${template.render({ ...server, ClientInfo: client })}\n`);
    return 0;
  },
});

async function printInfo(cli: Cli): Promise<number> {
  cli.out.print(`Client:\n Version:    ${client.Version}\n Context:    default\n Debug Mode: false\n\nServer:\n`);
  let server: SystemInfo;
  try {
    server = await call(cli.client, systemInfo, {});
  } catch (thrown) {
    cli.err.print(`${TdockError.from(thrown).message}\n`);
    return 1;
  }
  cli.out.print(serverLines(server).join(""));
  cli.err.print((server.Warnings ?? []).map((warning) => `${warning}\n`).join(""));
  return 0;
}

/** Docker's `info`, section by section (docker/cli `system/info.go`). */
function serverLines(server: SystemInfo): string[] {
  return [...objectLines(server), ...pluginLines(server), ...runtimeLines(server), ...machineLines(server), "\n"];
}

function objectLines(server: SystemInfo): string[] {
  const status = (server.DriverStatus ?? []).map(([name, value]) => `  ${name}: ${value}\n`);
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
    ifAny("Cgroup Version", server.CgroupVersion),
  ];
}

function pluginLines({ Plugins, CDISpecDirs }: SystemInfo): string[] {
  const directories = CDISpecDirs ?? [];
  return [
    " Plugins:\n",
    line(" Volume", (Plugins?.Volume ?? []).join(" ")),
    line(" Network", (Plugins?.Network ?? []).join(" ")),
    line(" Log", (Plugins?.Log ?? []).join(" ")),
    ...(directories.length === 0 ? [] : [" CDI spec directories:\n", ...directories.map((one) => `  ${one}\n`)]),
  ];
}

function runtimeLines(server: SystemInfo): string[] {
  const security = (server.SecurityOptions ?? []).flatMap(securityLines);
  return [
    line("Swarm", server.Swarm?.LocalNodeState ?? "inactive"),
    line("Runtimes", Object.keys(server.Runtimes ?? {}).join(" ")),
    line("Default Runtime", server.DefaultRuntime),
    line("Init Binary", server.InitBinary),
    line("containerd version", server.ContainerdCommit?.ID),
    line("runc version", server.RuncCommit?.ID),
    line("init version", server.InitCommit?.ID),
    ...(security.length === 0 ? [] : [" Security Options:\n", ...security]),
  ];
}

/** `name=seccomp,profile=builtin`. */
function securityLines(option: string): string[] {
  const pairs = option.split(",").map((pair) => pair.split("=") as [string, string?]);
  const name = pairs.find(([key]) => key === "name")?.[1] ?? option;
  const profile = pairs.find(([key]) => key === "profile")?.[1];
  return [`  ${name}\n`, ...(profile === undefined ? [] : [`   Profile: ${profile}\n`])];
}

function machineLines(server: SystemInfo): string[] {
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
    ...((server.Labels ?? []).length === 0 ? [] : [" Labels:\n", ...(server.Labels ?? []).map((one) => `  ${one}\n`)]),
    line("Experimental", server.ExperimentalBuild ?? false),
    ...(insecure.length + ranges.length === 0
      ? []
      : [
          " Insecure Registries:\n",
          ...insecure.map(({ Name }) => `  ${Name}\n`),
          ...ranges.map((one) => `  ${one}\n`),
        ]),
    line("Live Restore Enabled", server.LiveRestoreEnabled ?? false),
  ];
}

function line(name: string, value: unknown): string {
  return ` ${name}: ${value ?? ""}\n`;
}

function ifAny(name: string, value: string | undefined): string {
  return value ? line(name, value) : "";
}
