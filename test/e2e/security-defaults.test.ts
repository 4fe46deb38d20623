import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { systemSuite } from "../harness/suite.ts";

/** CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, NET_RAW, SYS_CHROOT, MKNOD, AUDIT_WRITE, SETFCAP. */
const defaultCapabilities = "00000000a80425fb";

const ENOSYS = 38;
const SIGSYS = 31;

/** A program that asks for its user by the x32 ABI, and ends with the answer, or with what stands against it. elf(5). */
function x32Getuid(): Buffer {
  const code = Buffer.from("b866000040" + "0f05" + "f7d8" + "89c7" + "b83c000000" + "0f05", "hex");
  const [address, headers] = [0x400000n, 120];
  const elf = Buffer.alloc(headers);
  elf.write("\x7fELF\x02\x01\x01", "latin1");
  // An executable for x86-64, its entry point behind the headers.
  elf.writeUInt16LE(2, 16);
  elf.writeUInt16LE(62, 18);
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(address + BigInt(headers), 24);
  elf.writeBigUInt64LE(64n, 32);
  elf.writeUInt16LE(64, 52);
  elf.writeUInt16LE(56, 54);
  elf.writeUInt16LE(1, 56);
  // One segment, to be loaded, read and executed: the whole file.
  elf.writeUInt32LE(1, 64);
  elf.writeUInt32LE(5, 68);
  elf.writeBigUInt64LE(address, 80);
  elf.writeBigUInt64LE(address, 88);
  elf.writeBigUInt64LE(BigInt(headers + code.length), 96);
  elf.writeBigUInt64LE(BigInt(headers + code.length), 104);
  elf.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([elf, code]);
}

systemSuite("what a default container may not do", (suite) => {
  const shell = async (script: string, ...flags: string[]) =>
    (await suite.tdock(["run", "--rm", ...flags, suite.busybox, "sh", "-c", script])).stdout;

  it("has Docker's fourteen capabilities, and none to inherit", async () => {
    const status = await shell("cat /proc/self/status");

    expect(status).toMatch(
      new RegExp(`CapInh:\\s0{16}\\nCapPrm:\\s${defaultCapabilities}\\nCapEff:\\s${defaultCapabilities}`),
    );
    expect(status).toMatch(new RegExp(`CapBnd:\\s${defaultCapabilities}\\nCapAmb:\\s0{16}`));
  });

  it("runs under a seccomp filter", async () => {
    expect(await shell("cat /proc/self/status")).toMatch(/Seccomp:\s2\n/);
  });

  it.runIf(process.arch === "x64")("ends programs of the x32 ABI only where the kernel has none", async () => {
    const program = join(suite.tdockd.layout.root, "x32-getuid");
    await writeFile(program, x32Getuid(), { mode: 0o755 });
    const { status } = spawnSync(program);

    expect([0, ENOSYS]).toContain(status);
    const { exitCode } = await suite.tdock(["run", "--rm", "-v", `${program}:/x32`, suite.busybox, "/x32"]);
    expect(exitCode).toBe(status === 0 ? 0 : 128 + SIGSYS);
  });

  it("gains and loses the capabilities that flags name", async () => {
    expect(await shell("grep CapEff /proc/self/status", "--cap-drop=ALL")).toMatch(/\s0{16}\n/);
    expect(await shell("grep CapEff /proc/self/status", "--cap-drop=ALL", "--cap-add=NET_ADMIN")).toMatch(
      /\s0{12}1000\n/,
    );
    expect(await shell("grep CapInh /proc/self/status", "--privileged")).toMatch(/\s0{16}\n/);
  });

  it.each(["/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"])("cannot read %s", async (path) => {
    expect(
      await shell(
        `[ -e ${path} ] && cat ${path} 2>/dev/null | head -c 1; ls -A ${path} 2>/dev/null | grep -v '^${path}$'`,
      ),
    ).toBe("");
  });

  it.each(["/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/sys/fs/cgroup/tdock", "/proc/irq/x"])(
    "cannot write %s",
    async (path) => {
      const { exitCode } = await suite.tdock(["run", "--rm", suite.busybox, "sh", "-c", `echo 1 > ${path}`]);

      expect(exitCode).not.toBe(0);
    },
  );

  it("sees no process but its own, and no device of the host", async () => {
    expect((await shell("ls -d /proc/[0-9]*")).trim().split("\n").length).toBeLessThan(4);
    const devices = (await shell("ls /dev")).trim().split("\n");
    expect(devices.toSorted()).toEqual([
      // A kernel without /proc/kcore has nothing that it could lead to.
      ...(existsSync("/proc/kcore") ? ["core"] : []),
      "fd",
      "full",
      "mqueue",
      "null",
      "ptmx",
      "pts",
      "random",
      "shm",
      "stderr",
      "stdin",
      "stdout",
      "tty",
      "urandom",
      "zero",
    ]);
  });

  it("is given no descriptor but its three", async () => {
    expect((await shell("ls /proc/self/fd")).trim().split("\n").slice(0, 3)).toEqual(["0", "1", "2"]);
    expect((await shell("ls /proc/1/fd; true")).trim().split("\n")).toEqual(["0", "1", "2"]);
  });

  it("cannot mount, load a module, set the clock, or make a namespace", async () => {
    for (const command of [
      "mount -t tmpfs x /mnt",
      "insmod /x",
      "! date -s 2020-01-01 2>&1 | grep -q 'not permitted'",
      "unshare -U true",
      "chroot / mount -t tmpfs x /mnt",
    ]) {
      const { exitCode } = await suite.tdock(["run", "--rm", suite.busybox, "sh", "-c", command]);
      expect(exitCode).not.toBe(0);
    }
  });

  it("cannot start processes without end", async () => {
    const limit = await shell("cat /sys/fs/cgroup/pids/pids.max 2>/dev/null || cat /sys/fs/cgroup/pids.max");

    expect(Number(limit)).toBeGreaterThan(0);
  });

  it("keeps the limits that flags name", async () => {
    const flags = ["-m", "64m", "--cpus", "0.5", "--pids-limit", "50"];
    const id = await suite.mustTdock(["run", "-d", ...flags, suite.busybox, "sleep", "600"]);

    const host = JSON.parse(await suite.mustTdock(["inspect", "-f", "{{json .HostConfig}}", id]));
    const read = async (file: string) =>
      (await suite.tdock(["run", "--rm", ...flags, suite.busybox, "cat", file])).stdout.trim();

    expect(host).toMatchObject({ Memory: 64 << 20, NanoCpus: 500_000_000, PidsLimit: 50 });
    expect([await read("/sys/fs/cgroup/pids/pids.max"), await read("/sys/fs/cgroup/pids.max")]).toContain("50");
    expect([
      await read("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
      await read("/sys/fs/cgroup/memory.max"),
    ]).toContain(`${64 << 20}`);
    await suite.mustTdock(["rm", "-f", id]);
  });

  it("reports that a container was out of memory", async () => {
    const id = await suite.mustTdock(["run", "-d", "-m", "16m", suite.busybox, "sh", "-c", "tail /dev/zero"]);
    await suite.mustTdock(["wait", id]);

    expect(await suite.mustTdock(["inspect", "-f", "{{.State.OOMKilled}} {{.State.ExitCode}}", id])).toBe("true 137");
  });

  it("keeps the server's folders, records and socket from other users", async () => {
    const { dataRoot, execRoot, socket } = suite.tdockd.layout;
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

    expect([await mode(dataRoot), await mode(execRoot), await mode(socket)]).toEqual(["710", "711", "660"]);
    const files = (await readdir(dataRoot, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.name.endsWith(".json"),
    );
    for (const entry of files)
      expect([entry.name, await mode(`${entry.parentPath}/${entry.name}`)]).toEqual([entry.name, "600"]);
  });

  it("shows no abstract socket of the engine to a container in the host's network", async () => {
    const sockets = await shell("cat /proc/net/unix", "--network=host");

    expect(sockets).not.toMatch(/@.*(containerd|tdock)/);
    expect(await readFile("/proc/net/unix", "utf8")).toContain(suite.tdockd.layout.socket);
  });
});
