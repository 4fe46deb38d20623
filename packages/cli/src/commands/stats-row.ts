import { binarySize, humanSize } from "../terminal/human.ts";
import { shortId } from "../terminal/short-id.ts";
import type { Dot } from "../terminal/template/value.ts";

interface CpuStats {
  readonly cpu_usage?: { readonly total_usage?: number; readonly percpu_usage?: readonly number[] | null };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
}

/** One sample of `GET /containers/:id/stats`, as far as it is shown. */
export interface StatsSample {
  readonly id?: string;
  readonly name?: string;
  readonly cpu_stats?: CpuStats;
  readonly precpu_stats?: CpuStats;
  readonly memory_stats?: {
    readonly usage?: number;
    readonly limit?: number;
    readonly stats?: Readonly<Record<string, number>> | null;
  };
  readonly networks?: Readonly<Record<string, { readonly rx_bytes?: number; readonly tx_bytes?: number }>> | null;
  readonly blkio_stats?: {
    readonly io_service_bytes_recursive?: readonly { readonly op?: string; readonly value?: number }[] | null;
  };
  readonly pids_stats?: { readonly current?: number };
}

/** Titles of the columns of `stats`. */
export const statsTitles: Dot = {
  BlockIO: "BLOCK I/O",
  CPUPerc: "CPU %",
  Container: "CONTAINER",
  ID: "CONTAINER ID",
  MemPerc: "MEM %",
  MemUsage: "MEM USAGE / LIMIT",
  Name: "NAME",
  NetIO: "NET I/O",
  PIDs: "PIDS",
};

/** A container that nothing is known of yet, or no longer. */
export function emptyRow(container: string): Dot {
  return {
    BlockIO: "--",
    CPUPerc: "--",
    Container: container,
    ID: "",
    MemPerc: "--",
    MemUsage: "-- / --",
    Name: "--",
    NetIO: "--",
    PIDs: "--",
  };
}

/** A sample as `stats --format` sees it (docker/cli `container/formatter_stats.go`). */
export function statsRow(container: string, sample: StatsSample, { trunc }: { readonly trunc: boolean }): Dot {
  const { id = "", name = "", memory_stats: memory } = sample;
  const used = memoryUsed(memory);
  const limit = memory?.limit ?? 0;
  const networks = Object.values(sample.networks ?? {});
  return {
    BlockIO: `${humanSize(blockBytes(sample, "r"), 3)} / ${humanSize(blockBytes(sample, "w"), 3)}`,
    CPUPerc: percent(cpuPercent(sample)),
    Container: container,
    ID: trunc ? shortId(id) : id,
    MemPerc: percent(limit === 0 ? 0 : (used / limit) * 100),
    MemUsage: `${binarySize(used)} / ${binarySize(limit)}`,
    Name: name.replace(/^\//, "") || "--",
    NetIO: `${humanSize(sum(networks, "rx_bytes"), 3)} / ${humanSize(sum(networks, "tx_bytes"), 3)}`,
    PIDs: String(sample.pids_stats?.current ?? 0),
  };
}

/** Share of one CPU since the sample before, in percent. */
export function cpuPercent({ cpu_stats: now = {}, precpu_stats: before = {} }: StatsSample): number {
  const used = (now.cpu_usage?.total_usage ?? 0) - (before.cpu_usage?.total_usage ?? 0);
  const passed = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  const cpus = now.online_cpus || (now.cpu_usage?.percpu_usage?.length ?? 0);
  return used > 0 && passed > 0 ? (used / passed) * cpus * 100 : 0;
}

/** Without the page cache that the kernel can take back: `total_inactive_file` on cgroup v1, `inactive_file` on v2. */
function memoryUsed({ usage = 0, stats }: NonNullable<StatsSample["memory_stats"]> = {}): number {
  const inactive = stats?.total_inactive_file ?? stats?.inactive_file ?? 0;
  return inactive < usage ? usage - inactive : usage;
}

function blockBytes({ blkio_stats: stats }: StatsSample, letter: "r" | "w"): number {
  const entries = stats?.io_service_bytes_recursive ?? [];
  return entries.reduce(
    (total, { op = "", value = 0 }) => (op[0]?.toLowerCase() === letter ? total + value : total),
    0,
  );
}

function sum<K extends string>(items: readonly { readonly [name in K]?: number }[], name: K): number {
  return items.reduce((total, item) => total + (item[name] ?? 0), 0);
}

function percent(value: number): string {
  return `${value.toFixed(2)}%`;
}
