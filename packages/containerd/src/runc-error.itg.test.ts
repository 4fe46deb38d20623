import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestContainerd, type TestContainerd } from "../../../test/harness/containerd.ts";
import { processOf, type SpecChanges, testContainer } from "../../../test/harness/containerd-task.ts";
import type { RuncOptions } from "./runc-options.ts";

const sh = processOf(["sh"]);
const bind = (source: string, destination: string) => ({ destination, source, type: "bind", options: ["rbind"] });
const withResources = (resources: object) => ({ linux: { resources } });
const missingNetns = { linux: { namespaces: [{ type: "mount" }, { type: "network", path: "/no/netns" }] } };

describe("errors of runc", () => {
  let containerd: TestContainerd;
  beforeAll(async () => {
    containerd = await startTestContainerd();
  });
  afterAll(() => containerd[Symbol.asyncDispose]());

  async function create(changes: SpecChanges, options?: RuncOptions): Promise<number> {
    const { id, rootfs } = await testContainer(containerd, "sleep 1000", changes);
    return containerd.client.tasks.create({ id, rootfs, ...(options && { options }) });
  }

  it.each<[string, string, SpecChanges]>([
    ["a command that is not there", "command-not-found", { process: processOf(["/nope"]) }],
    ["a command that is not in the path", "command-not-found", { process: processOf(["nope"]) }],
    ["no command", "command-not-found", { process: processOf([]) }],
    ["an empty command", "command-not-found", { process: processOf([""]) }],
    ["a file that is no program", "not-executable", { process: processOf(["/etc/text"]) }],
    ["a folder for a command", "not-executable", { process: processOf(["/etc"]) }],
    ["a file for a working directory", "working-directory", { process: { ...sh, cwd: "/etc/text" } }],
    ["a source that is not there", "mount-source-missing", { mounts: [bind("/no/source", "/x")] }],
    ["a folder over a file", "mount-type-mismatch", { mounts: [bind("/tmp", "/etc/text")] }],
    ["a file over a folder", "mount-type-mismatch", { mounts: [bind("/etc/hostname", "/etc")] }],
    ["an unknown file system", "mount-failed", { mounts: [{ destination: "/x", type: "nofs", source: "none" }] }],
    ["a network namespace that is not there", "namespace-missing", missingNetns],
    ["too little memory", "memory-limit", withResources({ memory: { limit: 4096 } })],
    ["processors that the machine lacks", "cgroup-limit", withResources({ cpu: { cpus: "9999" } })],
    [
      "a limit that is not allowed",
      "rlimit",
      { process: { ...sh, rlimits: [{ type: "RLIMIT_NOFILE", hard: 2 ** 31, soft: 2 ** 31 }] } },
    ],
    ["a setting of the host", "sysctl", { linux: { sysctl: { "kernel.nope": "1" } } }],
    ["a setting that is not there", "sysctl", { linux: { sysctl: { "net.ipv4.nope": "1" } } }],
    ["a device that cannot be", "device", { linux: { devices: [{ path: "/dev/x", type: "c", major: -1, minor: 1 }] } }],
  ])("tells %s as %s", async (_what, reason, changes) => {
    await expect(create(changes)).rejects.toMatchObject({ reason });
  });

  it("tells a runtime that is not installed", async () => {
    await expect(create({}, { binaryName: "/nope/runc" })).rejects.toMatchObject({
      code: "unavailable",
      reason: "runtime-missing",
    });
  });

  it("tells a shim that is not installed", async () => {
    const { containers, tasks } = containerd.client;
    await containers.create({ id: "no-shim", spec: {}, runtime: "io.containerd.nope.v9" });

    await expect(tasks.create({ id: "no-shim", rootfs: [] })).rejects.toMatchObject({
      code: "unavailable",
      reason: "runtime-missing",
    });
  });

  it("tells the state that an operation does not fit", async () => {
    const { tasks } = containerd.client;
    const { id, rootfs } = await testContainer(containerd, "sleep 1000");
    await tasks.create({ id, rootfs });
    const wrongState = { code: "conflict", reason: "wrong-state" };

    await expect(tasks.pause(id)).rejects.toMatchObject(wrongState);
    await tasks.start({ id });
    await expect(tasks.start({ id })).rejects.toMatchObject(wrongState);
    await expect(tasks.resume(id)).rejects.toMatchObject(wrongState);
    await expect(tasks.delete(id)).rejects.toMatchObject(wrongState);
    await expect(tasks.create({ id, rootfs })).rejects.toMatchObject({ code: "conflict", reason: "already-exists" });
    await expect(tasks.kill({ id, signal: 99 })).rejects.toMatchObject({ code: "invalid-argument", reason: "signal" });
    await expect(tasks.kill({ id, execId: "nobody", signal: 9 })).rejects.toMatchObject({ code: "not-found" });
  });

  it("tells what keeps an exec from starting", async () => {
    const { tasks } = containerd.client;
    const { id, rootfs } = await testContainer(containerd, "sleep 1000");
    await tasks.create({ id, rootfs });
    await tasks.start({ id });
    const attempt = async (execId: string, ...args: string[]) => {
      await tasks.exec({ id, execId, process: processOf(args) });
      return tasks.start({ id, execId });
    };

    await expect(attempt("e1", "nope")).rejects.toMatchObject({ reason: "command-not-found" });
    await expect(attempt("e2", "/etc/text")).rejects.toMatchObject({ reason: "not-executable" });
    await expect(attempt("e2", "sh")).rejects.toMatchObject({ code: "conflict", reason: "already-exists" });
  });
});

describe("options of runc", () => {
  let containerd: TestContainerd;
  beforeAll(async () => {
    containerd = await startTestContainerd();
  });
  afterAll(() => containerd[Symbol.asyncDispose]());

  it("reach runc one by one", async () => {
    const runtime = join(containerd.folder, "runtime");
    const calls = join(containerd.folder, "calls");
    const owner = "$(stat -L -c %u:%g /proc/$$/fd/1)";
    await writeFile(runtime, `#!/bin/sh\necho "$@" owner=${owner} >>${calls}\nexit 1\n`);
    await chmod(runtime, 0o755);
    const stdout = join(containerd.folder, "stdout");
    await writeFile(stdout, "");
    const attempt = async (options: RuncOptions) => {
      await writeFile(calls, "");
      const { id, rootfs } = await testContainer(containerd, "exit 0");
      await containerd.client.tasks
        .create({ id, rootfs, stdout, options: { binaryName: runtime, ...options } })
        .catch(() => undefined);
      return (await readFile(calls, "utf8")).split("\n").find((line) => line.includes(" create ")) ?? "";
    };

    const plain = await attempt({});
    expect(plain).not.toMatch(/--systemd-cgroup|--no-pivot|--no-new-keyring/);
    expect(plain).toContain("owner=0:0");
    expect(await attempt({ root: "/elsewhere" })).toContain("--root /elsewhere/test ");
    expect(await attempt({ systemdCgroup: true })).toContain("--systemd-cgroup");
    expect(await attempt({ noPivotRoot: true })).toContain("--no-pivot");
    expect(await attempt({ noNewKeyring: true })).toContain("--no-new-keyring");
    expect(await attempt({ ioUid: 1234, ioGid: 5678 })).toContain("owner=1234:5678");
  });
});
