import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestContainerd, type TestContainerd } from "../../../test/harness/containerd.ts";
import { processOf, type SpecChanges, testContainer, testFifo } from "../../../test/harness/containerd-task.ts";
import { eventually } from "../../../test/harness/eventually.ts";
import { isAlive } from "../../../test/harness/instance/processes.ts";
import { mustRun } from "../../../test/harness/program.ts";
import type { NewTask } from "./tasks.ts";

const SIGTERM = 15;
const SIGKILL = 9;

describe("tasks", () => {
  let containerd: TestContainerd;
  beforeAll(async () => {
    containerd = await startTestContainerd();
  });
  afterAll(() => containerd[Symbol.asyncDispose]());

  const tasks = () => containerd.client.tasks;

  async function create(script: string, changes: SpecChanges = {}, task: Partial<NewTask> = {}) {
    const { id, rootfs } = await testContainer(containerd, script, changes);
    const pid = await tasks().create({ id, rootfs, ...task });
    return { id, pid };
  }

  async function run(script: string, changes: SpecChanges = {}, task: Partial<NewTask> = {}) {
    const created = await create(script, changes, task);
    await tasks().start(created);
    return created;
  }

  it("creates a task that stops short of its program, and starts it", async () => {
    const { id, pid } = await create("sleep 1000");

    expect(await isAlive(pid)).toBe(true);
    expect(await tasks().get({ id })).toMatchObject({ containerId: id, pid, status: "created", exit: undefined });
    expect(await tasks().start({ id })).toBe(pid);
    expect(await tasks().get({ id })).toMatchObject({ status: "running" });
  });

  it("connects all three streams, apart from each other, and ends stdin", async () => {
    const [stdin, stdout, stderr] = [
      await testFifo(containerd),
      await testFifo(containerd),
      await testFifo(containerd),
    ];
    const paths = { stdin: stdin.path, stdout: stdout.path, stderr: stderr.path };
    const { id } = await run("cat; echo done; echo trouble >&2", {}, paths);
    const written = [stdout.output(), stderr.output()];

    expect(await tasks().get({ id })).toMatchObject({ ...paths, terminal: false });
    stdin.input("through the shim\n");
    stdin.release();
    await tasks().closeStdin({ id });
    await tasks().wait({ id });
    stdout.release();
    stderr.release();

    expect(await Promise.all(written)).toEqual(["through the shim\ndone\n", "trouble\n"]);
  });

  it("gives a terminal of the size that is asked for", async () => {
    const stdout = await testFifo(containerd);
    const terminal = { stdout: stdout.path, terminal: true };
    const { id } = await create("test -t 1 && stty size", { process: { terminal: true } }, terminal);
    const written = stdout.output();

    await tasks().resizePty({ id, width: 133, height: 47 });
    await tasks().start({ id });
    await tasks().wait({ id });
    stdout.release();

    expect(await tasks().get({ id })).toMatchObject({ terminal: true });
    expect(await written).toBe("47 133\r\n");
  });

  it.each([
    ["exit 0", 0],
    ["exit 42", 42],
    ["exit 255", 255],
  ])("tells the exit status of %j", async (script, exitStatus) => {
    const before = Date.now();
    const { id, pid } = await run(script);

    const exit = await tasks().wait({ id });

    expect(exit.exitStatus).toBe(exitStatus);
    expect(exit.exitedAt.getTime()).toBeGreaterThanOrEqual(before - 1_000);
    expect(exit.exitedAt.getTime()).toBeLessThan(Date.now() + 1_000);
    expect(await tasks().get({ id })).toMatchObject({ status: "stopped", exit });
    expect(await tasks().delete(id)).toEqual({ pid, ...exit });
    await expect(tasks().get({ id })).rejects.toMatchObject({ code: "not-found" });
  });

  it("signals the first process, or all of them", async () => {
    const trapped = await run("trap 'exit 3' TERM; while :; do sleep 0.05; done");
    const ignoring = await run("trap '' TERM; sleep 1000 & sleep 1000");

    await eventually(async () => {
      await tasks()
        .kill({ id: trapped.id, signal: SIGTERM })
        .catch(() => undefined);
      expect((await tasks().get({ id: trapped.id })).status).toBe("stopped");
    });
    await tasks().kill({ id: ignoring.id, signal: SIGKILL, all: true });

    expect(await tasks().wait({ id: trapped.id })).toMatchObject({ exitStatus: 3 });
    expect(await tasks().wait({ id: ignoring.id })).toMatchObject({ exitStatus: 137 });
  });

  it("runs further processes in a running task", async () => {
    const { id } = await run("sleep 1000");
    const stdout = await testFifo(containerd);
    const exec = { id, execId: "e1" };

    await tasks().exec({
      ...exec,
      process: processOf(["sh", "-c", "echo hi; sleep 0.1; exit 7"]),
      stdout: stdout.path,
    });
    expect(await tasks().get(exec)).toMatchObject({
      containerId: id,
      id: "e1",
      status: "created",
      stdout: stdout.path,
    });
    const pid = await tasks().start(exec);
    const written = stdout.output();
    const exit = await tasks().wait(exec);
    stdout.release();

    expect(exit.exitStatus).toBe(7);
    expect(await written).toBe("hi\n");
    expect(await tasks().deleteProcess(id, "e1")).toEqual({ pid, ...exit });
    expect((await tasks().get({ id })).status).toBe("running");
  });

  it("gives an exec all three streams and a terminal of its own", async () => {
    const { id } = await run("sleep 1000");
    const [stdin, stdout, stderr] = [
      await testFifo(containerd),
      await testFifo(containerd),
      await testFifo(containerd),
    ];
    const streams = { stdin: stdin.path, stdout: stdout.path, stderr: stderr.path };
    const process = processOf(["sh", "-c", "cat >&2; stty size"]);

    await tasks().exec({ id, execId: "streams", process: processOf(["sh", "-c", "cat >&2"]), ...streams });
    await tasks().exec({
      id,
      execId: "tty",
      process: { ...process, terminal: true },
      stdout: stdout.path,
      terminal: true,
    });

    expect(await tasks().get({ id, execId: "streams" })).toMatchObject({ ...streams, terminal: false });
    expect(await tasks().get({ id, execId: "tty" })).toMatchObject({ stdout: stdout.path, terminal: true });
    await tasks().start({ id, execId: "streams" });
    const written = stderr.output();
    stdin.input("into the exec\n");
    stdin.release();
    await tasks().closeStdin({ id, execId: "streams" });
    await tasks().wait({ id, execId: "streams" });
    stderr.release();
    expect(await written).toBe("into the exec\n");
    await tasks().start({ id, execId: "tty" });
    await tasks().resizePty({ id, execId: "tty", width: 10, height: 20 });
    await tasks().kill({ id, execId: "tty", signal: SIGKILL });
    expect(await tasks().wait({ id, execId: "tty" })).toMatchObject({ exitStatus: 137 });
    stdout.release();
  });

  it("pauses and resumes", async () => {
    const { id } = await run("sleep 1000");

    await tasks().pause(id);
    expect((await tasks().get({ id })).status).toBe("paused");
    await expect(tasks().pause(id)).rejects.toMatchObject({ code: "conflict", reason: "wrong-state" });
    await tasks().resume(id);

    expect((await tasks().get({ id })).status).toBe("running");
  });

  it("lists tasks and a task's processes", async () => {
    const { id, pid } = await run("sleep 1000 & sleep 1000");

    await eventually(async () => expect(await tasks().pids(id)).toHaveLength(2));
    const listed = await tasks().list();

    expect(await tasks().pids(id)).toContain(pid);
    expect(listed.find((task) => task.id === id)).toEqual(await tasks().get({ id }));
  });

  it("changes limits, and counts what a container uses as the kernel does", async () => {
    const { id, pid } = await run("head -c 3000000 /dev/zero | cat >/dev/null; sleep 1000");
    await tasks().update(id, { memory: { limit: 64 << 20 }, pids: { limit: 77 } });
    await tasks().pause(id);

    const metrics = await tasks().metrics(id);

    if (metrics.kind !== "cgroup1") throw new Error("this machine has cgroups v2: write down what its files hold");
    const cgroup = await cgroup1Of(pid);
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

  it("counts throttling, kills for want of memory, and direct I/O as the kernel does", async () => {
    // The kernel counts the I/O of a device only where it also limits it.
    const [major, minor] = (await mustRun("stat", ["-c", "%Hd %Ld", containerd.folder])).split(" ").map(Number);
    const blockIO = { throttleWriteBpsDevice: [{ major, minor, rate: 100_000_000 }] };
    const resources = { cpu: { quota: 10_000, period: 100_000 }, blockIO };
    const spin = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
    const script = `dd if=/dev/zero of=/io bs=4096 count=8 oflag=direct; ${spin}; exec sleep 1000`;
    const { id, pid } = await run(script, { linux: { resources } });
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

  it("ends a wait when the signal aborts, and leaves the task alone", async () => {
    const { id } = await run("sleep 1000");
    const canceling = new AbortController();
    const waiting = tasks().wait({ id }, { signal: canceling.signal });

    canceling.abort();

    await expect(waiting).rejects.toMatchObject({ code: "canceled" });
    expect((await tasks().get({ id })).status).toBe("running");
  });

  it("waits for many tasks over one connection", async () => {
    const { id } = await run("sleep 0.5; exit 9");

    const exits = await Promise.all(Array.from({ length: 300 }, () => tasks().wait({ id })));

    expect(new Set(exits.map(({ exitStatus }) => exitStatus))).toEqual(new Set([9]));
  });

  it("finds a task again after containerd was killed, and what became of it", async () => {
    const { id, pid } = await run("sleep 1000");
    const waiting = tasks().wait({ id });
    waiting.catch(() => undefined);
    await containerd.kill();
    await expect(waiting).rejects.toMatchObject({ code: "unavailable", reason: "disconnected" });
    process.kill(pid, SIGTERM);
    process.kill(pid, SIGKILL);

    await containerd.start();

    expect(await tasks().wait({ id })).toMatchObject({ exitStatus: 137 });
    expect((await tasks().list()).map((task) => task.id)).toContain(id);
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
