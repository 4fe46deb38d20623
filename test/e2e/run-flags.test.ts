import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { cgroupsBelow, removeCgroups } from "../harness/instance/cgroups.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("the flags of tdock run", (suite) => {
  const run = (...args: string[]) => suite.tdock(["run", "--rm", ...args]);
  /** What a script prints in a container with these flags, line by line. */
  const lines = async (flags: readonly string[], script: string) => {
    const { stdout, stderr, exitCode } = await run(...flags, suite.busybox, "sh", "-c", script);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return stdout.trimEnd().split("\n");
  };
  const folder = async (name: string) => {
    const path = join(suite.tdockd.layout.root, name);
    await mkdir(path, { recursive: true });
    return path;
  };

  it("set groups, names and limits of the process", async () => {
    const flags = [
      ...["--group-add=4242", "--hostname=box", "--domainname=example.test", "--oom-score-adj=321"],
      ...["--ulimit=nofile=1234:2345", "--shm-size=8m", "--sysctl=net.ipv4.ip_default_ttl=77", "-e", "TOKEN"],
    ];
    const script = [
      "id -G | grep -o 4242",
      "hostname",
      "grep -o box.example.test /etc/hosts",
      "cat /proc/self/oom_score_adj",
      "ulimit -n",
      "df -m /dev/shm | tail -1 | awk '{print $2}'",
      "cat /proc/sys/net/ipv4/ip_default_ttl",
      "echo $TOKEN",
    ].join(";");

    const { stdout } = await suite.tdock(["run", "--rm", ...flags, suite.busybox, "sh", "-c", script], {
      env: { TOKEN: "of the caller" },
    });

    expect(stdout.trimEnd().split("\n")).toEqual([
      "4242",
      "box",
      "box.example.test",
      "321",
      "1234",
      "8",
      "77",
      "of the caller",
    ]);
  });

  it("leave the process as easily ended for want of memory as any other, whatever holds for the engine", async () => {
    expect(await lines([], "cat /proc/self/oom_score_adj")).toEqual(["0"]);
  });

  it("set what the kernel gives of processors, memory and disks", async () => {
    const flags = ["--cpu-period=50000", "--cpu-quota=25000", "--cpuset-cpus=0", "-m=64m", "--memory-swap=128m"];
    const script = `cd /sys/fs/cgroup
      cat cpu/cpu.cfs_quota_us 2>/dev/null || cut -d' ' -f1 cpu.max
      cat cpuset/cpuset.cpus 2>/dev/null || cat cpuset.cpus
      cat memory/memory.limit_in_bytes 2>/dev/null || cat memory.max`;

    expect(await lines(flags, script)).toEqual(["25000", "0", `${64 << 20}`]);
  });

  it("put a container under a cgroup of one's own, which stays", async () => {
    const parent = `${suite.tdockd.layout.cgroupParent}/own`;

    const seen = await lines([`--cgroup-parent=${parent}`, "--cgroupns=host"], "cat /proc/self/cgroup");

    expect(seen.join()).toContain(`${parent}/`);
    await eventually(async () => {
      await removeCgroups(await cgroupsBelow(parent));
      expect(await cgroupsBelow(parent)).toEqual([]);
    });
  });

  it("share the namespaces of the host and of other containers", async () => {
    await suite.mustTdock(["run", "-d", "--name=first", "--ipc=shareable", suite.busybox, "sleep", "600"]);
    const own = async (kind: string) => (await mustRun("readlink", [`/proc/self/ns/${kind}`])).trim();
    const script = "for kind in pid uts ipc; do readlink /proc/self/ns/$kind; done";

    expect(await lines(["--pid=host", "--uts=host", "--ipc=host"], script)).toEqual([
      await own("pid"),
      await own("uts"),
      await own("ipc"),
    ]);
    const [first = ""] = (await suite.mustTdock(["exec", "first", "readlink", "/proc/self/ns/ipc"])).split("\n");
    expect(
      await lines(
        ["--pid=container:first", "--ipc=container:first"],
        "readlink /proc/self/ns/ipc; ps | grep -c 'sleep 60[0]'",
      ),
    ).toEqual([first, "1"]);
    await suite.mustTdock(["rm", "-f", "first"]);
  });

  it("write the container's id and labels down", async () => {
    const path = await folder("ids");
    await writeFile(join(path, "labels"), "from=file\n# a comment\n");
    const flags = [
      "--cidfile",
      join(path, "cid"),
      "--label-file",
      join(path, "labels"),
      "-l",
      "from.flag=yes",
      "--annotation",
      "note=x",
    ];

    const id = await suite.mustTdock(["run", "-d", "--name=labelled", ...flags, suite.busybox, "sleep", "600"]);

    expect(await readFile(join(path, "cid"), "utf8")).toBe(id);
    expect(JSON.parse(await suite.mustTdock(["inspect", "-f", "{{json .Config.Labels}}", "labelled"]))).toEqual({
      from: "file",
      "from.flag": "yes",
    });
    expect((await run("--cidfile", join(path, "cid"), suite.busybox, "true")).exitCode).toBe(125);
    await suite.mustTdock(["rm", "-f", "labelled"]);
  });

  it("choose which streams are attached", async () => {
    const { stdout, stderr } = await run("-a", "stderr", suite.busybox, "sh", "-c", "echo out; echo err >&2");

    expect([stdout, stderr]).toEqual(["", "err\n"]);
  });

  it("write resolv.conf and hosts", async () => {
    const flags = [
      "--network=host",
      "--dns=192.0.2.53",
      "--dns-search=example.test",
      "--dns-option=ndots:3",
      "--add-host=db:192.0.2.7",
      "--add-host=here:host-gateway",
    ];

    const printed = (await lines(flags, "cat /etc/resolv.conf /etc/hosts")).join("\n");

    for (const text of ["nameserver 192.0.2.53", "search example.test", "options ndots:3", "192.0.2.7\tdb"])
      expect(printed).toContain(text);
    expect(printed).toMatch(/^[\d.]+\there$/m);
  });

  it("publish all exposed ports", async () => {
    await suite.mustTdock([
      "run",
      "-d",
      "--name=exposed",
      "-P",
      "--expose=80",
      suite.busybox,
      "httpd",
      "-f",
      "-p",
      "80",
      "-h",
      "/etc",
    ]);
    const place = (await suite.mustTdock(["port", "exposed", "80"])).split("\n")[0]?.replace("0.0.0.0", "127.0.0.1");

    await eventually(async () => expect((await fetch(`http://${place}/passwd`)).status).toBe(200));
    await suite.mustTdock(["rm", "-f", "exposed"]);
  });

  it("hand devices over, with rules of one's own", async () => {
    expect(
      await lines(
        ["--device=/dev/null:/dev/nothing:rw"],
        "ls -l /dev/nothing | cut -c1; echo x > /dev/nothing && echo written",
      ),
    ).toEqual(["c", "written"]);
    expect(await lines(["--device-cgroup-rule=c 1:7 rwm"], "mknod /dev/mine c 1 7 && echo made")).toEqual(["made"]);
  });

  it.each([
    ["rslave", ["seen"]],
    ["rprivate", ["not seen"]],
  ])("carry mounts of the host on into a bind with propagation %s", async (propagation, expected) => {
    const path = await folder(`propagation-${propagation}`);
    await mkdir(join(path, "later"), { recursive: true });
    await mustRun("mount", ["--bind", path, path]);
    await mustRun("mount", ["--make-shared", path]);
    await suite.mustTdock([
      "run",
      "-d",
      "--name=mounted",
      "-v",
      `${path}:/m:${propagation}`,
      suite.busybox,
      "sleep",
      "600",
    ]);

    await mustRun("mount", ["-t", "tmpfs", "tdock-test", join(path, "later")]);

    expect([
      (await suite.mustTdock(["exec", "mounted", "grep", "-c", "/m/later", "/proc/mounts"]).catch(() => "0")) === "1"
        ? "seen"
        : "not seen",
    ]).toEqual(expected);
    await suite.mustTdock(["rm", "-f", "mounted"]);
    await mustRun("umount", ["-R", path]);
  });

  it("carry mounts of a privileged container out with propagation rshared", async () => {
    const path = await folder("propagation-rshared");
    await mkdir(join(path, "inner"), { recursive: true });
    await mustRun("mount", ["--bind", path, path]);
    await mustRun("mount", ["--make-shared", path]);

    await lines(["--privileged", "-v", `${path}:/m:rshared`], "mount -t tmpfs tdock-test /m/inner && echo mounted");

    expect(await readFile("/proc/self/mounts", "utf8")).toContain(`${path}/inner tmpfs`);
    await mustRun("umount", ["-R", path]);
  });

  it.each(["rslave", "rshared"])("refuse propagation %s where the mount below cannot give it", async (propagation) => {
    const path = await folder(`refused-${propagation}`);
    await mustRun("mount", ["--bind", path, path]);
    await mustRun("mount", ["--make-private", path]);

    const { exitCode, stderr } = await run("-v", `${path}:/m:${propagation}`, suite.busybox, "true");

    expect([exitCode, stderr]).toEqual([
      125,
      expect.stringContaining(`${path} is mounted on ${path} but it is not a shared`),
    ]);
    await mustRun("umount", [path]);
  });

  it("end a container with a signal and within a time of one's own", async () => {
    const script = "trap 'echo got it; exit 3' USR1; while :; do sleep 0.1; done";
    await suite.mustTdock([
      "run",
      "-d",
      "--name=signalled",
      "--stop-signal=SIGUSR1",
      "--stop-timeout=30",
      suite.busybox,
      "sh",
      "-c",
      script,
    ]);
    await suite.mustTdock(["stop", "signalled"]);

    expect(await suite.mustTdock(["wait", "signalled"])).toBe("3");
    expect(await suite.mustTdock(["logs", "signalled"])).toBe("got it");
    await suite.mustTdock(["rm", "signalled"]);
  });

  it("start a container again as often as its policy says", async () => {
    await suite.mustTdock([
      "run",
      "-d",
      "--name=again",
      "--restart=on-failure:2",
      suite.busybox,
      "sh",
      "-c",
      "echo run; exit 1",
    ]);

    await eventually(async () =>
      expect(await suite.mustTdock(["inspect", "-f", "{{.State.Status}} {{.RestartCount}}", "again"])).toBe("exited 2"),
    );
    expect(await suite.mustTdock(["logs", "again"])).toBe("run\nrun\nrun");
    await suite.mustTdock(["rm", "again"]);
  });

  it("check a container's health", async () => {
    const flags = [
      "--health-cmd=test -e /tmp/well",
      "--health-interval=200ms",
      "--health-timeout=2s",
      "--health-retries=1",
      "--health-start-period=0s",
    ];
    await suite.mustTdock(["run", "-d", "--name=health", ...flags, suite.busybox, "sleep", "600"]);
    const status = () => suite.mustTdock(["inspect", "-f", "{{.State.Health.Status}}", "health"]);

    await eventually(async () => expect(await status()).toBe("unhealthy"));
    await suite.mustTdock(["exec", "health", "touch", "/tmp/well"]);
    await eventually(async () => expect(await status()).toBe("healthy"));
    await suite.mustTdock(["rm", "-f", "health"]);
  });

  it.each([
    ["a storage option", ["--storage-opt=size=1g"], "--storage-opt"],
    ["a runtime that is not there", ["--runtime=other"], "runtime"],
    ["a user namespace", ["--userns=private"], "userns"],
    ["an isolation of Windows", ["--isolation=hyperv"], "isolation"],
  ])("refuse %s", async (_, flags, message) => {
    const { exitCode, stderr } = await run(...flags, suite.busybox, "true");

    expect([exitCode, stderr]).toEqual([125, expect.stringContaining(message)]);
  });
});
