import { existsSync, readFileSync } from "node:fs";
import { hostname, release, totalmem } from "node:os";
import type { SystemInfo } from "@tdock/api/system";
import type { Engine } from "../engine.ts";
import { printableProxy } from "../registry/proxy.ts";
import { cdiFolders } from "../runtime/cdi/find-devices.ts";
import { cpuCount, isUnifiedCgroup, machine } from "../runtime/machine.ts";
import { runcVersion } from "./runc-version.ts";
import { tdockVersion } from "./version.ts";

/** What this engine is, holds and can do. */
export async function showInfo(
  engine: Pick<Engine, "config" | "containerd" | "containers" | "id" | "images" | "networks" | "now" | "security">,
): Promise<SystemInfo> {
  const { config, containers } = engine;
  const [daemon, runc, images] = await Promise.all([
    engine.containerd.version().catch(() => undefined),
    runcVersion(),
    engine.images.list().catch(() => []),
  ]);
  const count = (kind: string) => containers.list().filter(({ status }) => status.kind === kind).length;
  return {
    ID: engine.id,
    Containers: containers.list().length,
    ContainersRunning: count("running"),
    ContainersPaused: count("paused"),
    ContainersStopped: containers.list().length - count("running") - count("paused"),
    Images: images.length,
    Driver: "overlayfs",
    DriverStatus: [["driver-type", "io.containerd.snapshotter.v1"]],
    DockerRootDir: config.dataRoot,
    ApiSocket: config.hosts[0]?.replace("unix://", ""),
    Plugins: {
      Volume: ["local"],
      Network: ["bridge", "host", "ipvlan", "macvlan", "null"],
      Authorization: [],
      Log: ["json-file", "local", "none"],
    },
    MemoryLimit: true,
    SwapLimit: isUnifiedCgroup || existsSync("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes"),
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    OomKillDisable: !isUnifiedCgroup,
    IPv4Forwarding: readFlag("/proc/sys/net/ipv4/ip_forward"),
    Debug: config.logLevel === "debug",
    NFd: 0,
    NGoroutines: 0,
    NEventsListener: 0,
    SystemTime: engine.now().toISOString(),
    LoggingDriver: "local",
    CgroupDriver: "cgroupfs",
    CgroupVersion: isUnifiedCgroup ? "2" : "1",
    KernelVersion: release(),
    OperatingSystem: operatingSystem(),
    OSVersion: osRelease("VERSION_ID"),
    OSType: "linux",
    Architecture: { amd64: "x86_64", arm64: "aarch64" }[machine.architecture] ?? machine.architecture,
    NCPU: cpuCount,
    MemTotal: totalmem(),
    IndexServerAddress: "https://index.docker.io/v1/",
    RegistryConfig: {
      InsecureRegistryCIDRs: ["127.0.0.0/8", "::1/128"],
      IndexConfigs: {
        "docker.io": { Name: "docker.io", Mirrors: [], Secure: true, Official: true },
      },
      Mirrors: [],
    },
    GenericResources: null,
    HttpProxy: printableProxy(config.proxies.http),
    HttpsProxy: printableProxy(config.proxies.https),
    NoProxy: config.proxies.no,
    Name: hostname(),
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: tdockVersion,
    Runtimes: { runc: { path: "runc" }, "io.containerd.runc.v2": { path: "runc" } },
    DefaultRuntime: "runc",
    Swarm: {
      NodeID: "",
      NodeAddr: "",
      LocalNodeState: "inactive",
      ControlAvailable: false,
      Error: "",
      RemoteManagers: null,
    },
    LiveRestoreEnabled: true,
    Isolation: "",
    InitBinary: "tini-static",
    ContainerdCommit: { ID: daemon?.version ?? "" },
    RuncCommit: { ID: runc.version },
    InitCommit: { ID: "" },
    SecurityOptions: engine.security.hasSeccomp ? ["name=seccomp,profile=builtin"] : [],
    CDISpecDirs: [...cdiFolders],
    Warnings: [
      ...(daemon === undefined
        ? ["WARNING: containerd does not answer: what is shown of containers may be out of date"]
        : []),
      ...firewallWarnings(engine),
    ],
  } as unknown as SystemInfo;
}

/** Nothing foreign is changed unless that is asked for: who has such a firewall must allow it himself, or say so. */
function firewallWarnings({ config, networks }: Pick<Engine, "config" | "networks">): string[] {
  const chains = networks.hostFirewall.chainsAgainst({ device: config.bridge }).join(", ");
  if (chains === "") return [];
  return [
    `WARNING: the host's firewall (${chains}) passes nothing on between containers and other machines, unless it has a rule for ${config.bridge} or tdockd is started with --host-firewall ignore`,
  ];
}

function readFlag(path: string): boolean {
  try {
    return readFileSync(path, "utf8").trim() === "1";
  } catch {
    return false;
  }
}

function operatingSystem(): string {
  return osRelease("PRETTY_NAME") || "Linux";
}

function osRelease(name: string): string {
  const path = ["/etc/os-release", "/usr/lib/os-release"].find(existsSync);
  if (path === undefined) return "";
  return new RegExp(`^${name}="?(.*?)"?$`, "m").exec(readFileSync(path, "utf8"))?.[1] ?? "";
}
