import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestContainerd, type TestContainerd } from "../../../test/harness/containerd.ts";
import { processOf, type SpecChanges, testContainer, testFifo } from "../../../test/harness/containerd-task.ts";
import { eventually } from "../../../test/harness/eventually.ts";
import { isAlive } from "../../../test/harness/instance/processes.ts";
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
