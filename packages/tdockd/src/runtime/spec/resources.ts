import { existsSync, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import type { HostConfig } from "@tdock/api/host-config";
import { TdockError } from "@tdock/errors/error";
import { numbersOf } from "../../host/special-file.ts";
import { cpuCount } from "../machine.ts";
import type { OciResources, OciRlimit, OciThrottle } from "./oci.ts";

const minMemoryBytes = 6 * 1024 * 1024;
const cpuPeriodUs = 100_000;

/**
 * A container's limits as the runtime wants them, without devices. Zero means "no limit was asked for", as in Docker.
 * Throws `invalid-argument`, in Docker's words, for what cannot be.
 */
export async function resolveResources(limits: HostConfig): Promise<OciResources> {
  checkMemory(limits);
  const memory = compact({
    limit: positive(limits.Memory),
    reservation: positive(limits.MemoryReservation),
    swap: swapOf(limits),
    swappiness: swappinessOf(limits),
    disableOOMKiller: limits.OomKillDisable === true ? true : undefined,
    kernelTCP: positive(limits.KernelMemoryTCP),
  });
  if ((limits.CpuShares ?? 0) < 0)
    throw invalid(`invalid CPU shares (${limits.CpuShares}): value must be a positive integer`);
  const cpu = compact({ shares: positive(limits.CpuShares), ...cpuTime(limits), ...cpuSets(limits) });
  const blockIO = await blockIoOf(limits);
  return compact({
    memory: nonEmpty(memory),
    cpu: nonEmpty(cpu),
    // -1 has to be told: what is updated may have a limit. The default that keeps a fork bomb in is set where the container is created.
    pids: limits.PidsLimit ? { limit: Math.max(-1, limits.PidsLimit) } : undefined,
    blockIO: nonEmpty(blockIO),
  });
}

const rlimitNames = new Set(
  "as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(" "),
);

/** `--ulimit` entries as rlimits. Throws `invalid-argument` for an unknown name or a soft limit over the hard one. */
export function resolveRlimits(ulimits: HostConfig["Ulimits"]): readonly OciRlimit[] {
  return (ulimits ?? []).map(({ Name, Soft, Hard }) => {
    if (!rlimitNames.has(Name)) throw new TdockError("invalid-argument", `invalid ulimit type: ${Name}`);
    const soft = Soft ?? 0;
    const hard = Hard ?? soft;
    if (hard !== -1 && (soft === -1 || soft > hard)) {
      throw new TdockError(
        "invalid-argument",
        `ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`,
      );
    }
    return { type: `RLIMIT_${Name.toUpperCase()}`, soft: unlimited(soft), hard: unlimited(hard) };
  });
}

/** -1 is RLIM_INFINITY, which no JavaScript number holds: it goes into the JSON as it is written here. */
function unlimited(value: number): number {
  return value === -1 ? (rawJson("18446744073709551615") as number) : value;
}

const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

function checkMemory(limits: HostConfig): void {
  const { Memory = 0, MemoryReservation = 0, MemorySwap = 0 } = limits;
  if (Memory != null && Memory < 0) throw invalid(`invalid memory limit: ${Memory}`);
  if (Memory && Memory < minMemoryBytes) throw invalid("Minimum memory limit allowed is 6MB");
  if (MemoryReservation && MemoryReservation < minMemoryBytes)
    throw invalid("Minimum memory reservation allowed is 6MB");
  if (Memory && MemoryReservation && MemoryReservation > Memory) {
    throw invalid("Minimum memory limit can not be less than memory reservation limit, see usage");
  }
  if (!Memory && MemorySwap && MemorySwap > 0) {
    throw invalid("You should always set the Memory limit when using Memoryswap limit, see usage");
  }
  if (Memory && MemorySwap && MemorySwap > 0 && MemorySwap < Memory) {
    throw invalid("Minimum memoryswap limit should be larger than memory limit, see usage");
  }
}

/** As Docker: unset means twice the memory limit, -1 without limit. */
function swapOf({ Memory, MemorySwap }: HostConfig): number | undefined {
  if (!Memory) return undefined;
  if (!MemorySwap) return Memory * 2;
  return MemorySwap;
}

function swappinessOf({ MemorySwappiness }: HostConfig): number | undefined {
  if (MemorySwappiness == null || MemorySwappiness === -1) return undefined;
  if (MemorySwappiness < 0 || MemorySwappiness > 100) {
    throw invalid(`Invalid value: ${MemorySwappiness}, valid memory swappiness range is 0-100`);
  }
  return MemorySwappiness;
}

function cpuTime(limits: HostConfig) {
  const { NanoCpus = 0, CpuPeriod = 0, CpuQuota = 0 } = limits;
  if (NanoCpus && CpuPeriod) throw invalid("Conflicting options: Nano CPUs and CPU Period cannot both be set");
  if (NanoCpus && CpuQuota) throw invalid("Conflicting options: Nano CPUs and CPU Quota cannot both be set");
  if (NanoCpus && (NanoCpus < 0 || NanoCpus > cpuCount * 1e9)) {
    throw invalid(`range of CPUs is from 0.01 to ${cpuCount}.00, as there are only ${cpuCount} CPUs available`);
  }
  if (CpuPeriod && (CpuPeriod < 1000 || CpuPeriod > 1_000_000)) {
    throw invalid("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
  }
  if (CpuQuota && CpuQuota > 0 && CpuQuota < 1000) throw invalid("CPU cfs quota can not be less than 1ms (i.e. 1000)");
  if ((limits.CpuRealtimePeriod || limits.CpuRealtimeRuntime) && !existsSync("/sys/fs/cgroup/cpu/cpu.rt_runtime_us")) {
    throw invalid("Your kernel does not support CPU real-time scheduler");
  }
  if ((limits.CpuRealtimeRuntime ?? 0) > (limits.CpuRealtimePeriod || 1_000_000)) {
    throw invalid("cpu real-time runtime cannot be higher than cpu real-time period");
  }
  if (NanoCpus) return { period: cpuPeriodUs, quota: Math.floor((NanoCpus * cpuPeriodUs) / 1e9) };
  return {
    period: positive(CpuPeriod),
    quota: CpuQuota || undefined,
    realtimePeriod: positive(limits.CpuRealtimePeriod),
    realtimeRuntime: positive(limits.CpuRealtimeRuntime),
  };
}

function cpuSets({ CpusetCpus, CpusetMems }: HostConfig) {
  for (const [name, value] of [
    ["cpuset cpus", CpusetCpus],
    ["cpuset mems", CpusetMems],
  ]) {
    if (value && !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(value)) throw invalid(`Invalid value ${value} for ${name}`);
  }
  const last = Math.max(-1, ...(CpusetCpus?.match(/\d+/g) ?? []).map(Number));
  if (last >= cpuCount) {
    throw invalid(`Requested CPUs are not available - requested ${CpusetCpus}, available: 0-${cpuCount - 1}`);
  }
  checkMemoryNodes(CpusetMems ?? "");
  return { cpus: CpusetCpus || undefined, mems: CpusetMems || undefined };
}

function checkMemoryNodes(wanted: string): void {
  if (wanted === "") return;
  const nodes = readFileSync("/sys/devices/system/node/online", "utf8").trim();
  const available = numbersIn(nodes);
  // Written out only when that is short.
  const isShort = (wanted.match(/\d+/g) ?? []).every((node) => Number(node) <= Math.max(...available));
  if (isShort && [...numbersIn(wanted)].every((node) => available.has(node))) return;
  throw invalid(`Requested memory nodes are not available - requested ${wanted}, available: ${nodes}`);
}

/** `0-2,5` */
function numbersIn(list: string): Set<number> {
  const ranges = list.split(",").map((range) => range.split("-").map(Number));
  return new Set(
    ranges.flatMap(([first = 0, last = first]) =>
      Array.from({ length: last - first + 1 }, (_, index) => first + index),
    ),
  );
}

async function blockIoOf(limits: HostConfig) {
  const weight = limits.BlkioWeight || undefined;
  if (weight !== undefined && (weight < 10 || weight > 1000)) throw invalid("Range of blkio weight is from 10 to 1000");
  return compact({
    weight,
    weightDevice: nonEmptyList(
      await Promise.all(
        (limits.BlkioWeightDevice ?? []).map(async ({ Path, Weight }) => ({
          ...(await numbersAt(Path)),
          weight: Weight,
        })),
      ),
    ),
    throttleReadBpsDevice: await throttles(limits.BlkioDeviceReadBps),
    throttleWriteBpsDevice: await throttles(limits.BlkioDeviceWriteBps),
    throttleReadIOPSDevice: await throttles(limits.BlkioDeviceReadIOps),
    throttleWriteIOPSDevice: await throttles(limits.BlkioDeviceWriteIOps),
  });
}

async function throttles(devices: HostConfig["BlkioDeviceReadBps"]): Promise<OciThrottle[] | undefined> {
  return nonEmptyList(
    await Promise.all((devices ?? []).map(async ({ Path, Rate }) => ({ ...(await numbersAt(Path)), rate: Rate }))),
  );
}

async function numbersAt(path: string): Promise<{ major: number; minor: number }> {
  const found = await stat(path).catch((cause: Error) => {
    throw new TdockError("invalid-argument", `block device ${path}: ${cause.message}`, { cause });
  });
  return numbersOf(found.rdev);
}

function positive(value: number | null | undefined): number | undefined {
  return value != null && value > 0 ? value : undefined;
}

function nonEmptyList<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function nonEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

function compact<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}

function invalid(message: string): TdockError {
  return new TdockError("invalid-argument", message);
}
