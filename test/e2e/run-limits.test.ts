import { mkdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { blockDevice, hasUnifiedCgroups } from "../harness/machine.ts";
import { shortName } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

/** A cgroup of the CPU controller whose processes may use real time, where this kernel has that. */
async function realTimeGroup(budgetUs: number): Promise<AsyncDisposable & { readonly name: string }> {
  const name = `tdock-test-${shortName()}`;
  const path = join("/sys/fs/cgroup/cpu", name);
  await mkdir(path);
  await writeFile(join(path, "cpu.rt_runtime_us"), String(budgetUs));
  // The container's own group may take a moment to go.
  return { name, [Symbol.asyncDispose]: () => eventually(() => rmdir(path)) };
}

systemSuite("the limits of tdock run", (suite) => {
  const run = (...args: string[]) => suite.tdock(["run", "--rm", ...args]);
  /** What files of the container's cgroup say, those of v1 or that of v2. */
  const read = async (flags: readonly string[], v1: string, v2: string) => {
    const { stdout, stderr, exitCode } = await run(
      ...flags,
      suite.busybox,
      "sh",
      "-c",
      `cd /sys/fs/cgroup; cat ${hasUnifiedCgroups ? v2 : v1}`,
    );
    return { exitCode, stderr, lines: stdout.trimEnd().split("\n") };
  };

  it("weigh processors and name memory nodes", async () => {
    const flags = ["-c=512", "--cpuset-mems=0"];

    const { lines } = await read(flags, "cpu/cpu.shares cpuset/cpuset.mems", "cpu.weight cpuset.mems");

    expect(lines).toEqual([hasUnifiedCgroups ? expect.stringMatching(/^(20|59)$/) : "512", "0"]);
    const { exitCode, stderr } = await run("--cpuset-mems=77", suite.busybox, "true");
    expect([exitCode, stderr]).toEqual([125, expect.stringContaining("Requested memory nodes are not available")]);
  });

  it("give real time as far as the group above has some, and else say why not", async () => {
    const flags = ["--cpu-rt-runtime=1000", "--cpu-rt-period=500000"];
    const files = "cpu/cpu.rt_runtime_us cpu/cpu.rt_period_us";

    const refused = await run(...flags, suite.busybox, "true");

    expect(refused.exitCode).toBe(125);
    expect(refused.stderr).toMatch(/cpu\.rt_runtime_us|real-time scheduler/);
    const tooLong = await run("--cpu-rt-runtime=2000", "--cpu-rt-period=1000", suite.busybox, "true");
    expect([tooLong.exitCode, tooLong.stderr]).toEqual([125, expect.stringMatching(/real-time/)]);
    if (refused.stderr.includes("real-time scheduler")) return;
    await using group = await realTimeGroup(100_000);
    const { lines } = await read([`--cgroup-parent=/${group.name}`, ...flags], files, "");
    expect(lines).toEqual(["1000", "500000"]);
  });

  it("reserve memory, and steer swapping and the OOM killer where the kernel can", async () => {
    const reserved = await read(
      ["-m=64m", "--memory-reservation=32m"],
      "memory/memory.soft_limit_in_bytes",
      "memory.low",
    );
    expect(reserved.lines).toEqual([`${32 << 20}`]);
    const flags = ["-m=64m", "--memory-swappiness=10", "--oom-kill-disable"];
    const { lines, stderr } = await read(flags, "memory/memory.swappiness memory/memory.oom_control", "memory.max");
    if (hasUnifiedCgroups) expect(stderr).toMatch(/swappiness discarded[\s\S]*OomKillDisable discarded/);
    else expect([stderr, ...lines]).toEqual(["", "10", "oom_kill_disable 1", "under_oom 0", expect.any(String)]);
  });

  it("warn of a disabled OOM killer without a memory limit, and refuse a swappiness out of range", async () => {
    const { stderr } = await run("--oom-kill-disable", suite.busybox, "true");
    expect(stderr).toMatch(/^WARNING: .*OomKillDisable|^WARNING: OOM killer is disabled/);

    const refused = await run("--memory-swappiness=101", suite.busybox, "true");
    expect([refused.exitCode, refused.stderr]).toEqual([125, expect.stringContaining("0-100")]);
  });

  it("weigh disks where the kernel has weights, and warn where it has none", async () => {
    const { exitCode, stderr, lines } = await read(
      ["--blkio-weight=300"],
      "$(ls blkio/blkio.weight blkio/blkio.bfq.weight 2>/dev/null)",
      "$(ls io.weight io.bfq.weight 2>/dev/null)",
    );

    if (stderr.includes("Weight discarded")) expect(exitCode).toBe(0);
    else expect([stderr, lines.join()]).toEqual(["", expect.stringMatching(/(^|default )(300|[0-9]+)\b/)]);
    const refused = await run("--blkio-weight=7", suite.busybox, "true");
    expect([refused.exitCode, refused.stderr]).toEqual([125, expect.stringContaining("from 10 to 1000")]);
  });

  it("weigh one disk, or name the file that refuses it", async () => {
    const device = await blockDevice();

    const { exitCode, stderr, stdout } = await run(
      `--blkio-weight-device=${device.path}:200`,
      suite.busybox,
      "sh",
      "-c",
      "cat /sys/fs/cgroup/blkio/blkio.*weight_device /sys/fs/cgroup/io.bfq.weight",
    );

    if (exitCode === 125) expect(stderr).toMatch(new RegExp(`weight.*"${device.numbers} 200"|${device.numbers} 200`));
    else expect(`${stdout}${stderr}`).toMatch(new RegExp(`${device.numbers} 200|Weight-device discarded`));
  });

  it("throttle a disk's bytes and operations", async () => {
    const { path, numbers } = await blockDevice();
    const flags = [
      `--device-read-bps=${path}:1mb`,
      `--device-write-bps=${path}:2mb`,
      `--device-read-iops=${path}:30`,
      `--device-write-iops=${path}:40`,
    ];

    const { lines } = await read(flags, "blkio/blkio.throttle.*_device", "io.max");

    expect(lines).toEqual(
      hasUnifiedCgroups
        ? [`${numbers} rbps=1048576 wbps=2097152 riops=30 wiops=40`]
        : [`${numbers} 1048576`, `${numbers} 30`, `${numbers} 2097152`, `${numbers} 40`],
    );
    const refused = await run("--device-read-bps=/dev/no-such-disk:1mb", suite.busybox, "true");
    expect([refused.exitCode, refused.stderr]).toEqual([125, expect.stringContaining("/dev/no-such-disk")]);
  });

  it("update of one limit leaves the limit of swap as it was asked for", async () => {
    const file = hasUnifiedCgroups ? "memory.swap.max" : "memory/memory.memsw.limit_in_bytes";
    const swap = () => suite.tdock(["exec", "swapping", "cat", `/sys/fs/cgroup/${file}`]);
    await suite.mustTdock([
      "run",
      "-d",
      "--name=swapping",
      "-m=64m",
      "--memory-swap=-1",
      suite.busybox,
      "sleep",
      "600",
    ]);
    const before = await swap();

    await suite.mustTdock(["update", "--cpu-shares=256", "swapping"]);

    expect(await swap()).toEqual(before);
    await suite.mustTdock(["rm", "-f", "swapping"]);
  });

  it("update changes what the kernel takes, and warns of the rest", async () => {
    await suite.mustTdock(["run", "-d", "--name=limited", "-m=64m", suite.busybox, "sleep", "600"]);

    const { stderr, exitCode } = await suite.tdock(["update", "--cpu-shares=256", "--blkio-weight=500", "limited"]);

    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^$|Weight discarded/);
    const file = hasUnifiedCgroups ? "/sys/fs/cgroup/cpu.weight" : "/sys/fs/cgroup/cpu/cpu.shares";
    expect(await suite.mustTdock(["exec", "limited", "cat", file])).toMatch(hasUnifiedCgroups ? /^\d+$/ : /^256$/);
    await suite.mustTdock(["rm", "-f", "limited"]);
  });

  it("update changes every limit of a container that runs, for the kernel, for inspect and for its next start", async () => {
    await suite.mustTdock(["run", "-d", "--name=updated", "-m=32m", suite.busybox, "sleep", "600"]);
    const v1 =
      "cpu/cpu.cfs_period_us cpu/cpu.cfs_quota_us cpu/cpu.shares cpuset/cpuset.cpus cpuset/cpuset.mems " +
      "memory/memory.limit_in_bytes memory/memory.soft_limit_in_bytes memory/memory.memsw.limit_in_bytes pids/pids.max";
    const v2 = "cpu.max cpuset.cpus cpuset.mems memory.max memory.low memory.swap.max pids.max";
    const limits = async () => {
      const cat = `cd /sys/fs/cgroup; cat ${hasUnifiedCgroups ? v2 : v1}`;
      return (await suite.mustTdock(["exec", "updated", "sh", "-c", cat])).split("\n").join(" ");
    };
    const [memory, soft, both] = [64, 48, 96].map((mebibytes) => mebibytes << 20);
    const wanted = hasUnifiedCgroups
      ? `25000 50000 0 0 ${memory} ${soft} ${32 << 20} 77`
      : `50000 25000 300 0 0 ${memory} ${soft} ${both} 77`;

    await suite.mustTdock([
      ...["update", "--cpu-period=50000", "--cpu-quota=25000", "-c=300", "--cpuset-cpus=0", "--cpuset-mems=0"],
      ...["-m=64m", "--memory-reservation=48m", "--memory-swap=96m", "--pids-limit=77", "updated"],
    ]);
    const updated = await limits();
    await suite.mustTdock(["restart", "-t0", "updated"]);

    expect([updated, await limits()]).toEqual([wanted, wanted]);
    const members = ["CpuPeriod", "CpuQuota", "CpuShares", "CpusetCpus", "CpusetMems", "Memory", "MemoryReservation"];
    const format = [...members, "MemorySwap", "PidsLimit"].map((name) => `{{.HostConfig.${name}}}`).join(" ");
    expect(await suite.mustTdock(["inspect", "-f", format, "updated"])).toBe(
      `50000 25000 300 0 0 ${memory} ${soft} ${both} 77`,
    );
    await suite.mustTdock(["rm", "-f", "updated"]);
  });

  it.each(["-1", "0"])("update --pids-limit %s lifts the limit of processes, over a restart too", async (unlimited) => {
    const name = `crowd${unlimited}`;
    const file = hasUnifiedCgroups ? "pids.max" : "pids/pids.max";
    const most = () => suite.mustTdock(["exec", name, "cat", `/sys/fs/cgroup/${file}`]);
    await suite.mustTdock(["run", "-d", "--name", name, "--pids-limit=50", suite.busybox, "sleep", "600"]);
    expect(await most()).toBe("50");

    await suite.mustTdock(["update", `--pids-limit=${unlimited}`, name]);

    expect(await most()).toBe("max");
    await suite.mustTdock(["restart", "-t0", name]);
    expect(await most()).toBe("max");
    await suite.mustTdock(["rm", "-f", name]);
  });

  it("inspect tells the limit of swap that follows from the limit of memory", async () => {
    const id = await suite.mustTdock(["create", "-m=64m", suite.busybox]);

    expect(await suite.mustTdock(["inspect", "-f", "{{.HostConfig.MemorySwap}}", id])).toBe(`${128 << 20}`);
    await suite.mustTdock(["rm", id]);
  });

  it("update gives real time as far as the group above has some, and else says why not", async () => {
    const update = (name: string) => suite.tdock(["update", "--cpu-rt-runtime=1000", "--cpu-rt-period=500000", name]);
    await suite.mustTdock(["run", "-d", "--name=timeless", suite.busybox, "sleep", "600"]);

    const refused = await update("timeless");

    await suite.mustTdock(["rm", "-f", "timeless"]);
    expect([refused.exitCode, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/cpu\.rt_runtime_us|real-time scheduler/),
    ]);
    if (refused.stderr.includes("real-time scheduler")) return;
    await using group = await realTimeGroup(100_000);
    await suite.mustTdock([
      ...["run", "-d", "--name=timely", `--cgroup-parent=/${group.name}`],
      ...[suite.busybox, "sleep", "600"],
    ]);
    expect((await update("timely")).exitCode).toBe(0);
    const files = ["/sys/fs/cgroup/cpu/cpu.rt_runtime_us", "/sys/fs/cgroup/cpu/cpu.rt_period_us"];
    expect(await suite.mustTdock(["exec", "timely", "cat", ...files])).toBe("1000\n500000");
    await suite.mustTdock(["rm", "-f", "timely"]);
  });

  it("update --cpus gives a share of the processors, and update refuses what cannot be", async () => {
    await suite.mustTdock(["run", "-d", "--name=shared", suite.busybox, "sleep", "600"]);
    const file = hasUnifiedCgroups ? "cpu.max" : "cpu/cpu.cfs_quota_us";
    const update = async (...flags: string[]) => {
      const { stderr, exitCode } = await suite.tdock(["update", ...flags, "shared"]);
      return `${exitCode} ${stderr}`;
    };

    await suite.mustTdock(["update", "--cpus=0.5", "shared"]);

    expect(await suite.mustTdock(["exec", "shared", "cat", `/sys/fs/cgroup/${file}`])).toMatch(/^50000( 100000)?$/);
    expect(await update("--memory-reservation=1k")).toMatch(/^1 .*Minimum memory reservation/);
    expect(await update("--cpu-shares=-5")).toMatch(/^1 .*CPU shares/);
    expect(await update("--memory=1k")).toMatch(/^1 .*Minimum memory limit/);
    expect(await update("--memory=64m", "--memory-swap=32m")).toMatch(/^1 .*memory/i);
    expect(await update("--cpuset-cpus=4096")).toMatch(/^1 .*Requested CPUs are not available/);
    expect(await update("--cpus=4096")).toMatch(/^1 .*CPUs/);
    expect(await suite.mustTdock(["exec", "shared", "cat", `/sys/fs/cgroup/${file}`])).toMatch(/^50000( 100000)?$/);
    await suite.mustTdock(["rm", "-f", "shared"]);
  });
});
