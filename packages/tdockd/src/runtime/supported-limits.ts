import { existsSync, readFileSync } from "node:fs";
import type { HostConfig } from "@tdock/api/host-config";

const root = "/sys/fs/cgroup";

/** A limit, the file by which cgroup v1 takes it, the controller of cgroup v2 (none: v2 cannot), and Docker's words. */
interface Limit {
  readonly members: readonly (keyof HostConfig)[];
  readonly v1: readonly string[];
  readonly v2: string | undefined;
  readonly warning: string;
}

const unsupported = (what: string, consequence: string) =>
  `Your kernel does not support ${what} or the cgroup is not mounted. ${consequence} discarded.`;
// The weights of the bfq scheduler have no file in the root group; its counters do.
const bfq = "blkio/blkio.bfq.io_serviced";

const limits: readonly Limit[] = [
  {
    members: ["MemoryReservation"],
    v1: ["memory/memory.soft_limit_in_bytes"],
    v2: "memory",
    warning: unsupported("memory soft limit capabilities", "Limitation"),
  },
  {
    members: ["MemorySwappiness"],
    v1: ["memory/memory.swappiness"],
    v2: undefined,
    warning: unsupported("memory swappiness capabilities", "Memory swappiness"),
  },
  {
    members: ["OomKillDisable"],
    v1: ["memory/memory.oom_control"],
    v2: undefined,
    warning: "Your kernel does not support OomKillDisable. OomKillDisable discarded.",
  },
  {
    members: ["CpuShares"],
    v1: ["cpu/cpu.shares"],
    v2: "cpu",
    warning: unsupported("CPU shares", "Shares"),
  },
  {
    members: ["CpusetCpus", "CpusetMems"],
    v1: ["cpuset/cpuset.cpus"],
    v2: "cpuset",
    warning: unsupported("cpuset", "Cpuset"),
  },
  {
    members: ["BlkioWeight"],
    v1: ["blkio/blkio.weight", bfq],
    v2: "io",
    warning: unsupported("Block I/O weight", "Weight"),
  },
  {
    members: ["BlkioWeightDevice"],
    v1: ["blkio/blkio.weight_device", bfq],
    v2: "io",
    warning: unsupported("Block I/O weight_device", "Weight-device"),
  },
  throttle("BlkioDeviceReadBps", "read_bps_device", "BPS Block I/O read limit", "Block I/O BPS read limit"),
  throttle("BlkioDeviceWriteBps", "write_bps_device", "BPS Block I/O write limit", "Block I/O BPS write limit"),
  throttle("BlkioDeviceReadIOps", "read_iops_device", "IOPS Block read limit", "Block I/O IOPS read limit"),
  throttle("BlkioDeviceWriteIOps", "write_iops_device", "IOPS Block write limit", "Block I/O IOPS write limit"),
];

/**
 * Takes the limits out that this host's kernel does not have, with a warning for each, as Docker does: a container that
 * runs without them is better than none, but nobody is to believe that they hold.
 */
export function supportedLimits(host: HostConfig, folder = root): { host: HostConfig; warnings: readonly string[] } {
  const discarded = limits.filter(
    (limit) => limit.members.some((member) => isSet(host[member])) && !isSupported(limit, folder),
  );
  const warnings = discarded.map(({ warning }) => warning);
  const members = new Set<PropertyKey>(discarded.flatMap((limit) => limit.members));
  const kept = Object.fromEntries(Object.entries(host).filter(([member]) => !members.has(member))) as HostConfig;
  if (kept.OomKillDisable === true && !kept.Memory) {
    warnings.push(
      "OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.",
    );
  }
  return { host: kept, warnings };
}

function throttle(member: keyof HostConfig, file: string, what: string, consequence: string): Limit {
  return { members: [member], v1: [`blkio/blkio.throttle.${file}`], v2: "io", warning: unsupported(what, consequence) };
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value) && value !== -1;
}

function isSupported({ v1, v2 }: Limit, folder: string): boolean {
  const controllers = `${folder}/cgroup.controllers`;
  if (!existsSync(controllers)) return v1.some((file) => existsSync(`${folder}/${file}`));
  return v2 !== undefined && readFileSync(controllers, "utf8").trim().split(" ").includes(v2);
}
