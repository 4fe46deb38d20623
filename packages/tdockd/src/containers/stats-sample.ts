import { readFile } from "node:fs/promises";
import { totalmem } from "node:os";
import type { TaskMetrics } from "@tdock/containerd/metrics";
import type { Engine } from "../engine.ts";
import { cpuCount } from "../runtime/machine.ts";
import { type Container, isAlive } from "./container.ts";

/** CPU times of one sample, as they become the next one's `precpu_stats`. */
export type CpuStats = ReturnType<typeof cpuStats>;

/** What a container uses at this moment, in Docker's members but without what needs an earlier sample. */
export interface StatsSample {
  readonly read: string;
  readonly cpu: CpuStats | undefined;
  readonly members: Readonly<Record<string, unknown>>;
}

/** An empty sample for a container that does not run. */
export async function takeSample(
  engine: Pick<Engine, "containerd" | "now">,
  container: Container,
): Promise<StatsSample> {
  const read = engine.now().toISOString();
  if (!isAlive(container)) return { read, cpu: undefined, members: {} };
  const pid = "pid" in container.status ? container.status.pid : 0;
  const [metrics, systemNs, networks] = await Promise.all([
    engine.containerd.tasks.metrics(container.id),
    systemCpuNs(),
    networkStats(pid),
  ]);
  return {
    read,
    cpu: cpuStats(metrics, systemNs),
    members: {
      pids_stats: pidsStats(metrics),
      memory_stats: memoryStats(metrics),
      blkio_stats: blkioStats(metrics),
      networks,
    },
  };
}

function cpuStats(metrics: TaskMetrics, systemNs: number) {
  return {
    cpu_usage: cpuUsage(metrics),
    system_cpu_usage: systemNs,
    online_cpus: cpuCount,
    throttling_data: throttling(metrics),
  };
}

function cpuUsage(metrics: TaskMetrics) {
  if (metrics.kind === "cgroup1") {
    const usage = metrics.counters.cpu?.usage;
    return {
      total_usage: usage?.total ?? 0,
      percpu_usage: usage?.perCpu ?? [],
      usage_in_kernelmode: usage?.kernel ?? 0,
      usage_in_usermode: usage?.user ?? 0,
    };
  }
  const { cpu } = metrics.counters;
  return {
    total_usage: (cpu?.usageUsec ?? 0) * 1000,
    usage_in_kernelmode: (cpu?.systemUsec ?? 0) * 1000,
    usage_in_usermode: (cpu?.userUsec ?? 0) * 1000,
  };
}

function throttling(metrics: TaskMetrics) {
  if (metrics.kind === "cgroup1") {
    const throttle = metrics.counters.cpu?.throttling;
    return {
      periods: throttle?.periods ?? 0,
      throttled_periods: throttle?.throttledPeriods ?? 0,
      throttled_time: throttle?.throttledTime ?? 0,
    };
  }
  const { cpu } = metrics.counters;
  return {
    periods: cpu?.nrPeriods ?? 0,
    throttled_periods: cpu?.nrThrottled ?? 0,
    throttled_time: (cpu?.throttledUsec ?? 0) * 1000,
  };
}

function pidsStats({ counters }: TaskMetrics) {
  const { current = 0, limit = 0 } = counters.pids ?? {};
  return { current, ...(limit > 0 && { limit }) };
}

/** No limit reads as the machine's memory, as Docker shows it. */
function limitOrAll(limit: number | undefined): number {
  return limit === undefined || limit === 0 || limit > totalmem() ? totalmem() : limit;
}

function memoryStats(metrics: TaskMetrics) {
  if (metrics.kind === "cgroup1") {
    const { memory } = metrics.counters;
    const { usage, swap: _swap, kernel: _kernel, kernelTcp: _kernelTcp, ...stats } = memory ?? {};
    return {
      usage: usage?.usage ?? 0,
      max_usage: usage?.max ?? 0,
      failcnt: usage?.failcnt ?? 0,
      limit: limitOrAll(usage?.limit),
      stats: snakeCase(stats),
    };
  }
  const { usage, usageLimit, swapUsage: _swapUsage, swapLimit: _swapLimit, ...stats } = metrics.counters.memory ?? {};
  return { usage: usage ?? 0, limit: limitOrAll(usageLimit), stats: snakeCase(stats) };
}

function blkioStats(metrics: TaskMetrics) {
  if (metrics.kind === "cgroup1") {
    const { blkio } = metrics.counters;
    const entries = (list: readonly { major: number; minor: number; op: string; value: number }[] | undefined) =>
      (list ?? []).map(({ major, minor, op, value }) => ({ major, minor, op, value }));
    return {
      io_service_bytes_recursive: entries(blkio?.ioServiceBytesRecursive),
      io_serviced_recursive: entries(blkio?.ioServicedRecursive),
      io_queue_recursive: entries(blkio?.ioQueuedRecursive),
      io_service_time_recursive: entries(blkio?.ioServiceTimeRecursive),
      io_wait_time_recursive: entries(blkio?.ioWaitTimeRecursive),
      io_merged_recursive: entries(blkio?.ioMergedRecursive),
      io_time_recursive: entries(blkio?.ioTimeRecursive),
      sectors_recursive: entries(blkio?.sectorsRecursive),
    };
  }
  const bytes = (metrics.counters.io?.usage ?? []).flatMap(({ major, minor, rbytes, wbytes }) => [
    { major, minor, op: "read", value: rbytes },
    { major, minor, op: "write", value: wbytes },
  ]);
  return { io_service_bytes_recursive: bytes };
}

/** Counters of the container's network devices, read in its own namespace. */
async function networkStats(pid: number): Promise<Record<string, Record<string, number>>> {
  const text = await readFile(`/proc/${pid}/net/dev`, "utf8").catch(() => "");
  const result: Record<string, Record<string, number>> = Object.create(null);
  for (const line of text.split("\n").slice(2)) {
    const [name = "", rest] = line.split(":");
    if (rest === undefined || name.trim() === "lo") continue;
    const [rxBytes, rxPackets, rxErrors, rxDropped, , , , , txBytes, txPackets, txErrors, txDropped] = rest
      .trim()
      .split(/\s+/)
      .map(Number);
    result[name.trim()] = {
      rx_bytes: rxBytes ?? 0,
      rx_packets: rxPackets ?? 0,
      rx_errors: rxErrors ?? 0,
      rx_dropped: rxDropped ?? 0,
      tx_bytes: txBytes ?? 0,
      tx_packets: txPackets ?? 0,
      tx_errors: txErrors ?? 0,
      tx_dropped: txDropped ?? 0,
    };
  }
  return result;
}

/** CPU time of the whole machine; /proc/stat counts in hundredths of a second. */
async function systemCpuNs(): Promise<number> {
  const [first = ""] = (await readFile("/proc/stat", "utf8")).split("\n", 1);
  const ticks = first.split(/\s+/).slice(1, 9).map(Number);
  return ticks.reduce((sum, value) => sum + value, 0) * 1e7;
}

/** The names of the kernel's memory.stat, which joins the words of its page counters: `pgpgin`, `total_pgmajfault`. */
function snakeCase(members: object): Record<string, unknown> {
  const kernelName = (name: string) =>
    name
      .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      .replace(/pg_(pg_in|pg_out|fault|maj_fault)/, joined)
      .replace("hierarchical_swap_limit", "hierarchical_memsw_limit");
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [kernelName(name), value]));
}

function joined(words: string): string {
  return words.replaceAll("_", "");
}
