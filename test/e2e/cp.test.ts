import { chown, lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("tdock cp", (suite) => {
  const { mustTdock } = suite;
  const path = (...names: string[]) => join(suite.tdockd.layout.root, "cp", ...names);
  const sh = (script: string) => [suite.busybox, "sh", "-c", script];

  beforeAll(async () => {
    await mkdir(path("source", "sub"), { recursive: true });
    await writeFile(path("source", "sub", "file"), "text\n");
    await chown(path("source", "sub", "file"), 1234, 3_000_000_000);
    await symlink("./sub/file", path("source", "link"));
  });

  /** Containers in every state that files can be copied in, each with a volume at /data and one read-only at /fixed. */
  const inState: Record<string, (name: string) => Promise<unknown>> = {
    "never started": async (name) => mustTdock(["create", "--name", name, ...volumes(name), ...sh("true")]),
    running: async (name) => mustTdock(["run", "-d", "--name", name, ...volumes(name), ...sh("sleep 600")]),
    paused: async (name) => {
      await mustTdock(["run", "-d", "--name", name, ...volumes(name), ...sh("sleep 600")]);
      await mustTdock(["pause", name]);
    },
    stopped: async (name) => mustTdock(["run", "--name", name, ...volumes(name), ...sh("true")]),
  };
  const volumes = (name: string) => ["-v", `${name}-data:/data`, "-v", `${name}-fixed:/fixed:ro`];

  it.each(Object.keys(inState))("copies into and out of a container that is %s, volumes included", async (state) => {
    const name = state.replace(" ", "-");
    await inState[state]?.(name);

    await mustTdock(["cp", path("source"), `${name}:/tmp/there`]);
    await mustTdock(["cp", "-a", path("source", "sub", "file"), `${name}:/data/owned`]);
    await mustTdock(["cp", "-L", path("source", "link"), `${name}:/data/followed`]);
    await mustTdock(["cp", `${name}:/tmp/there`, path(`${name}-back`)]);
    await mustTdock(["cp", "-a", `${name}:/data/.`, path(`${name}-data`)]);
    await mustTdock(["cp", "-L", `${name}:/tmp/there/link`, path(`${name}-link`)]);
    const fixed = await suite.tdock(["cp", path("source"), `${name}:/fixed`]);

    expect(await readFile(path(`${name}-back`, "sub", "file"), "utf8")).toBe("text\n");
    expect(await readlink(path(`${name}-back`, "link"))).toBe("./sub/file");
    expect(await stat(path(`${name}-data`, "owned"))).toMatchObject({ uid: 1234, gid: 3_000_000_000 });
    expect((await lstat(path(`${name}-data`, "followed"))).isFile()).toBe(true);
    expect(await readFile(path(`${name}-link`), "utf8")).toBe("text\n");
    expect([fixed.exitCode, fixed.stderr]).toEqual([1, expect.stringMatching(/read-only/)]);
    if (state === "paused") await mustTdock(["unpause", name]);
    await mustTdock(["rm", "-f", name]);
  });

  it("does not take a mount away from a running container: a file that is mounted on is not replaced", async () => {
    await writeFile(path("mounted"), "of the host\n");
    await mustTdock(["run", "-d", "--name=mounts", "-v", `${path("mounted")}:/conf`, ...sh("sleep 600")]);

    const answers = await Promise.all(
      ["/conf", "/etc/hosts"].map((place) => suite.tdock(["cp", path("source", "sub", "file"), `mounts:${place}`])),
    );

    for (const { exitCode, stderr } of answers) expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/busy/)]);
    expect(await mustTdock(["exec", "mounts", "sh", "-c", "cat /conf; grep -c localhost /etc/hosts"])).toMatch(
      /^of the host\n[1-9]/,
    );
    expect(await mustTdock(["exec", "mounts", "grep", "-cE", " /(conf|etc/hosts) ", "/proc/mounts"])).toBe("2");
    await mustTdock(["rm", "-f", "mounts"]);
  });

  it("shows hosts, hostname and resolv.conf of a container that has ended as it had them, and puts nothing below them", async () => {
    const name = await mustTdock([
      "run",
      "--name=ended",
      "-h",
      "once",
      ...sh("echo 10.0.0.9 more >> /etc/hosts; hostname"),
    ]);
    await writeFile(path("hostname"), "other\n");

    const replaced = await suite.tdock(["cp", path("hostname"), "ended:/etc/hostname"]);
    await mustTdock(["cp", "ended:/etc", path("ended-etc")]);

    expect(name).toBe("once");
    expect([replaced.exitCode, replaced.stderr]).toEqual([1, expect.stringMatching(/busy/)]);
    expect(await readFile(path("ended-etc", "hostname"), "utf8")).toBe("once\n");
    expect(await readFile(path("ended-etc", "hosts"), "utf8")).toContain("10.0.0.9 more\n");
    expect(await mustTdock(["diff", "ended"])).toBe("");
    await mustTdock(["rm", "ended"]);
  });

  it("copies the root of a running container without what the kernel shows in it", async () => {
    await mustTdock(["run", "-d", "--name=whole", "-v", "whole:/data", ...sh("touch /data/kept; sleep 600")]);
    await eventually(() => mustTdock(["exec", "whole", "test", "-e", "/data/kept"]));

    await mustTdock(["cp", "whole:/", path("whole")]);

    const held = await Promise.all(["proc", "sys", "dev", "data"].map((name) => readdir(path("whole", name))));
    expect(held).toEqual([[], [], [], ["kept"]]);
    await mustTdock(["rm", "-f", "whole"]);
  });

  it("follows links of ours, and puts no file in a device's place", async () => {
    await mustTdock(["create", "--name=leading", "-h", "leading", ...sh("true")]);
    await writeFile(path("target"), "before\n");
    await symlink("target", path("to-file"));
    await symlink("made", path("to-nothing"));
    await mustRun("mknod", [path("device"), "c", "1", "3"]);

    for (const name of ["to-file", "to-nothing"]) await mustTdock(["cp", "leading:/etc/passwd", path(name)]);
    const refused = await suite.tdock(["cp", "leading:/etc/passwd", path("device")]);

    expect(await readlink(path("to-file"))).toBe("target");
    for (const name of ["target", "made"]) expect(await readFile(path(name), "utf8")).toMatch(/^root:/);
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringMatching(/must be a directory or a regular/)]);
    expect((await lstat(path("device"))).isCharacterDevice()).toBe(true);
    await mustTdock(["rm", "leading"]);
  });

  it.each(["", "/."])(
    "keeps mode, owner and time of a folder that is copied out as %j under a new name",
    async (ending) => {
      const name = `folder-${ending.length}`;
      await mustTdock([
        "run",
        "--name",
        name,
        ...sh("mkdir -m 1751 /kept; touch /kept/file; chown 7:8 /kept; touch -d 2001-02-03 /kept"),
      ]);

      await mustTdock(["cp", "-a", `${name}:/kept${ending}`, path(name)]);

      const found = await stat(path(name));
      expect([found.mode & 0o7777, found.uid, found.gid, found.mtime.getUTCFullYear()]).toEqual([0o1751, 7, 8, 2001]);
      expect(await readdir(path(name))).toEqual(["file"]);
      await mustTdock(["rm", name]);
    },
  );

  it("brings names that are not UTF-8 and capabilities in and out again", async () => {
    await mkdir(path("odd"));
    await writeFile(Buffer.concat([Buffer.from(path("odd", "name-")), Buffer.from([0xff, 0xfe])]), "");
    await mustRun("sh", [
      "-c",
      `cp /bin/true '${path("odd", "able")}'; setcap cap_setuid,cap_chown=ep '${path("odd", "able")}'`,
    ]);
    await mustTdock(["create", "--name=odd", ...sh("true")]);

    await mustTdock(["cp", path("odd"), "odd:/"]);
    await mustTdock(["cp", "odd:/odd", path("odd-back")]);

    const names = await readdir(path("odd-back"), { encoding: "buffer" });
    expect(names.map((name) => name.toString("latin1")).sort()).toEqual(["able", "name-\xff\xfe"]);
    expect(await mustRun("getcap", [path("odd-back", "able")])).toContain("cap_chown,cap_setuid=ep");
    await mustTdock(["rm", "odd"]);
  });

  it("keeps the capabilities of a program that is copied out", async () => {
    const python = (script: string, file: string) =>
      mustRun("/usr/bin/python3", ["-c", `import os, sys; ${script}`, file]);
    await mustTdock(["run", "-d", "--name=capable", ...sh("cp /bin/busybox /tmp/ping; touch /tmp/there; sleep 600")]);
    await eventually(() => mustTdock(["exec", "capable", "test", "-e", "/tmp/there"]));
    const pid = await mustTdock(["inspect", "-f", "{{.State.Pid}}", "capable"]);
    const value = `bytes.fromhex("0100000200200000000000000000000000000000")`;
    await python(`os.setxattr(sys.argv[1], "security.capability", ${value})`, `/proc/${pid}/root/tmp/ping`);

    await mustTdock(["cp", "capable:/tmp", path("capable")]);

    const copied = python(
      `print(os.getxattr(sys.argv[1], "security.capability") == ${value})`,
      path("capable", "ping"),
    );
    expect(await copied).toBe("True\n");
    await mustTdock(["rm", "-f", "capable"]);
  });

  it("says which program it lacks", async () => {
    await suite.mustTdock(["create", "--name=without-tar", suite.busybox, "true"]);

    const result = await suite.tdock(["cp", "/etc/hostname", "without-tar:/"], { env: { PATH: "/nowhere" } });

    expect(result).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("install it (Debian: apt-get install tar)"),
    });
  });

  it("writes nothing into a container with a read-only root, running or not, but into its volumes", async () => {
    await mustTdock(["run", "-d", "--name=sealed", "--read-only", "-v", "open:/open", ...sh("sleep 600")]);

    const refused = await suite.tdock(["cp", path("source"), "sealed:/tmp"]);
    await mustTdock(["cp", path("source"), "sealed:/open"]);

    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringMatching(/read-only/)]);
    expect(await mustTdock(["exec", "sealed", "cat", "/open/source/sub/file"])).toBe("text");
    await mustTdock(["rm", "-f", "sealed"]);
  });
});
