import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestContainerd, type TestContainerd } from "../../../test/harness/containerd.ts";
import { runTask } from "../../../test/harness/containerd-task.ts";
import { eventually } from "../../../test/harness/eventually.ts";
import { mustRun } from "../../../test/harness/program.ts";

describe("metrics of a task", () => {
  let containerd: TestContainerd;
  beforeAll(async () => {
    containerd = await startTestContainerd();
  });
  afterAll(() => containerd[Symbol.asyncDispose]());

  const tasks = () => containerd.client.tasks;

  it("changes limits, and counts what a container uses as the kernel does", async () => {
    const { id, pid } = await runTask(containerd, "head -c 3000000 /dev/zero | cat >/dev/null; sleep 1000");
    await tasks().update(id, { memory: { limit: 64 << 20 }, pids: { limit: 77 } });
    await tasks().pause(id);

    const cgroup = await cgroup1Of(pid);
    // Both are read again when they differ: the kernel gives memory back on its own, of a frozen container too.
    await eventually(async () => {
      const metrics = await tasks().metrics(id);

      if (metrics.kind !== "cgroup1") throw new Error("this machine has cgroups v2: write down what its files hold");
      const { memory, pids, cpu } = metrics.counters;
      expect(pids).toEqual({ current: await cgroup.number("pids", "pids.current"), limit: 77 });
      expect(memory?.usage?.limit).toBe(64 << 20);
      expect(memory?.usage?.max).toBe(await cgroup.number("memory", "memory.max_usage_in_bytes"));
      expect(memory?.kernel?.usage).toBe(await cgroup.number("memory", "memory.kmem.usage_in_bytes"));
      expect(cpu?.usage?.total).toBe(await cgroup.number("cpuacct", "cpuacct.usage"));
      expect(cpu?.usage?.user).toBeGreaterThanOrEqual(0);
      expect(cpu?.usage?.perCpu.reduce((sum, value) => sum + value, 0)).toBe(cpu?.usage?.total);
      const { usage, swap, kernel, kernelTcp, ...counters } = memory ?? {};
      const stat = Object.entries(await cgroup.table("memory", "memory.stat"));
      expect(Object.fromEntries(stat.map(([name, value]) => [camelCase(name), value]))).toMatchObject(counters);
      expect(Object.keys(counters)).toHaveLength(32);
      expect(Math.abs((metrics.at?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    });
  });

  it("counts throttling, kills for want of memory, and direct I/O as the kernel does", async () => {
    // The kernel counts the I/O of a device only where it also limits it.
    const [major, minor] = (await mustRun("stat", ["-c", "%Hd %Ld", containerd.folder])).split(" ").map(Number);
    const blockIO = { throttleWriteBpsDevice: [{ major, minor, rate: 100_000_000 }] };
    const resources = { cpu: { quota: 10_000, period: 100_000 }, blockIO };
    const spin = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
    const script = `dd if=/dev/zero of=/io bs=4096 count=8 oflag=direct; ${spin}; exec sleep 1000`;
    const { id, pid } = await runTask(containerd, script, { linux: { resources } });
    const cgroup = await cgroup1Of(pid);
    // At rest, the counters stand still.
    await eventually(async () => expect(await readFile(`/proc/${pid}/cmdline`, "utf8")).toContain("sleep\u00001000"));

    const metrics = await tasks().metrics(id);

    if (metrics.kind !== "cgroup1") throw new Error("this machine has cgroups v2: write down what its files hold");
    const { cpu, memoryOomControl, blkio } = metrics.counters;
    const {
      nr_periods: periods,
      nr_throttled: throttledPeriods,
      throttled_time: throttledTime,
    } = await cgroup.table("cpu", "cpu.stat");
    expect(throttledPeriods).toBeGreaterThan(0);
    expect(cpu?.throttling).toEqual({ periods, throttledPeriods, throttledTime });
    const oom = await cgroup.table("memory", "memory.oom_control");
    expect(memoryOomControl).toEqual({
      oomKillDisable: oom.oom_kill_disable,
      underOom: oom.under_oom,
      oomKill: oom.oom_kill,
    });
    expect(ioLines(blkio?.ioServiceBytesRecursive)).toEqual(await cgroup.ioLines("blkio.throttle.io_service_bytes"));
    expect(ioLines(blkio?.ioServicedRecursive)).toEqual(await cgroup.ioLines("blkio.throttle.io_serviced"));
    expect(ioLines(blkio?.ioServiceBytesRecursive).join()).toMatch(/ Write 32768/);
  });
});

/** The counters of a process's cgroup (version 1), as the kernel shows them. */
async function cgroup1Of(pid: number) {
  const lines = (await readFile(`/proc/${pid}/cgroup`, "utf8")).split("\n").map((line) => line.split(":"));
  const pathOf = (controller: string) => {
    const [, , path] = lines.find(([, names = ""]) => names.split(",").includes(controller)) ?? [];
    return `/sys/fs/cgroup/${controller}${path}`;
  };
  return {
    number: async (controller: string, file: string) => Number(await readFile(`${pathOf(controller)}/${file}`, "utf8")),
    table: async (controller: string, file: string): Promise<Record<string, number>> => {
      const text = await readFile(`${pathOf(controller)}/${file}`, "utf8");
      return Object.fromEntries(
        text
          .trim()
          .split("\n")
          .map((line) => [line.split(" ")[0], Number(line.split(" ")[1])]),
      );
    },
    ioLines: async (file: string) => {
      const text = await readFile(`${pathOf("blkio")}/${file}`, "utf8");
      return text
        .split("\n")
        .filter((line) => line.includes(":"))
        .sort();
    },
  };
}

/** Entries as the kernel writes them: `254:0 Read 4096`. */
function ioLines(entries: readonly { major: number; minor: number; op: string; value: number }[] = []): string[] {
  return entries.map(({ major, minor, op, value }) => `${major}:${minor} ${op} ${value}`).sort();
}

/** A name of memory.stat as containerd's metrics have it: `total_pgpgin` is `totalPgPgIn`. */
function camelCase(name: string): string {
  return name
    .replace("pgpg", "pg_pg_")
    .replace("pgmajfault", "pg_maj_fault")
    .replace("pgfault", "pg_fault")
    .replace("memory_limit", "memory_limit")
    .replace("memsw_limit", "swap_limit")
    .replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
