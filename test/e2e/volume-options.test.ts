import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("the options of volumes and mounts", (suite) => {
  const { mustTdock } = suite;
  const output = (flags: readonly string[], script: string) =>
    mustTdock(["run", "--rm", ...flags, suite.busybox, "sh", "-c", script]);
  const names = async (...flags: string[]) => (await mustTdock(["volume", "ls", "-q", ...flags])).split("\n");
  const options = (...given: string[]) => given.flatMap((option) => ["-o", option]);

  it("make a volume of memory, empty again for each run", async () => {
    await mustTdock(["volume", "create", ...options("type=tmpfs", "device=tmpfs", "o=size=1m,uid=5"), "memory"]);
    const script = "stat -f -c %T /d; df -k /d | awk 'END { print $2 }'; stat -c %u /d; ls /d; echo > /d/file";

    const first = await output(["-v", "memory:/d"], script);
    const second = await output(["--mount", "type=volume,source=memory,target=/d"], script);

    expect([first, second]).toEqual(["tmpfs\n1024\n5", "tmpfs\n1024\n5"]);
  });

  it("of a file system that cannot be mounted are told in mount's words, and nothing is left mounted", async () => {
    await mustTdock(["volume", "create", ...options("type=nfs", "device=:/x", "o=addr=127.0.0.1,port=1"), "remote"]);

    const { exitCode, stderr } = await suite.tdock(["run", "--rm", "-v", "remote:/d", suite.busybox, "true"]);

    expect([exitCode, stderr]).toEqual([125, expect.stringMatching(/mount.*:\/x/s)]);
    expect(await mustRun("cat", ["/proc/self/mounts"])).not.toContain("volumes/remote");
    await mustTdock(["volume", "rm", "remote"]);
  });

  it("are those of --mount too: driver, options, labels", async () => {
    const fields = ["volume-driver=local", "volume-opt=type=tmpfs", "volume-opt=device=tmpfs", "volume-label=team=a"];

    expect(await output(["--mount", `type=volume,source=told,target=/d,${fields.join(",")}`], "stat -f -c %T /d")).toBe(
      "tmpfs",
    );
    const [volume] = JSON.parse(await mustTdock(["volume", "inspect", "told"]));
    expect(volume).toMatchObject({ Labels: { team: "a" }, Options: { type: "tmpfs", device: "tmpfs" } });
  });

  it("show one folder of an image, read-only", async () => {
    const mount = `type=image,source=${suite.busybox},target=/i,image-subpath=bin`;

    expect(await output(["--mount", mount], "test -x /i/busybox && echo there; echo > /i/x || echo read-only")).toBe(
      "there\nread-only",
    );
  });

  it.each([
    ["bind-recursive=disabled", "absent read-only"],
    ["bind-recursive=writable", "written read-only"],
    ["bind-recursive=readonly,bind-propagation=rprivate", "read-only read-only"],
    ["bind-recursive=enabled", "read-only read-only"],
  ])("say with %s what of a read-only bind reaches the mounts below it", async (fields, expected) => {
    const path = join(suite.tdockd.layout.root, fields.split(",")[0] ?? "");
    const below = join(path, "below");
    await mkdir(below, { recursive: true });
    await mustRun("mount", ["-t", "tmpfs", "tdock-test", below]);
    await mustRun("touch", [join(below, "file")]);
    const script = `cd /m; [ -e below/file ] && { echo > below/file && echo written || echo read-only; } || echo absent
      echo > new || echo read-only`;

    const seen = await output(["--mount", `type=bind,source=${path},target=/m,readonly,${fields}`], script);

    expect(seen.split("\n").join(" ")).toBe(expected);
    await mustRun("umount", [below]);
  });

  it("of ls and prune choose by name, label, driver and use", async () => {
    for (const [name, keep] of [
      ["doomed", "no"],
      ["spared", "yes"],
    ] as const)
      await mustTdock(["volume", "create", "--label", `keep=${keep}`, name]);
    await mustTdock(["create", "--name=user", "-v", "used:/d", "-v", "/anonymous", suite.busybox, "true"]);

    expect(await names("--filter=name=doo")).toEqual(["doomed"]);
    expect(await names("--filter=label=keep")).toEqual(["doomed", "spared"]);
    expect(await names("--filter=label=keep=yes", "--filter=driver=local")).toEqual(["spared"]);
    expect(await names("--filter=dangling=true", "--filter=name=s")).toEqual(["spared"]);
    expect(await names("--filter=dangling=false", "--filter=name=used")).toEqual(["used"]);
    await mustTdock(["volume", "prune", "-f"]);
    expect(await names("--filter=label=keep")).toEqual(["doomed", "spared"]);
    expect(await mustTdock(["volume", "prune", "-af", "--filter=label!=keep=yes"])).toContain("doomed");
    expect(await names("--filter=label=keep")).toEqual(["spared"]);
    expect(await names("--filter=name=used")).toEqual(["used"]);
    await mustTdock(["rm", "-v", "user"]);
    expect(await mustTdock(["volume", "prune", "-f"])).toContain("Total reclaimed space: 0B");
    expect((await suite.tdock(["volume", "rm", "nowhere"])).exitCode).toBe(1);
    expect((await suite.tdock(["volume", "rm", "-f", "nowhere"])).exitCode).toBe(0);
  });

  it.each([
    ["an option that there is not", options("encrypted=true"), "invalid option"],
    ["a type without a device", options("type=tmpfs"), 'missing required option: "device"'],
    ["a quota", options("type=tmpfs", "device=tmpfs", "size=1g"), "quota"],
    ["a driver that there is not", ["-d", "other"], "not found"],
    ["a name that is a path", ["../x"], "volume name"],
  ])("are refused: %s", async (_, args, message) => {
    const { exitCode, stderr } = await suite.tdock(["volume", "create", ...args]);

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  it.each([
    ["a destination that is the root", ["-v", "x1:/"], "destination can't be '/'"],
    ["a destination that is not absolute", ["-v", "x1:data"], "must be absolute"],
    ["a place over /proc", ["-v", "x1:/proc"], "privileged"],
    ["the same place twice", ["-v", "x1:/d", "-v", "x2:/d"], "Duplicate mount point"],
    ["a name that is a path", ["-v", "x/y:/d"], "volume name"],
    ["an unknown mode", ["-v", "x1:/d:suid"], "invalid mode"],
    ["mapped ids of /proc", ["-v", "/proc:/d:idmap"], "cannot show files with other owners"],
    ["mapped ids that overlap", ["-v", "/tmp:/d:idmap=uids=0-1-5#3-9-5"], "does not take these ids: 0 1 5, 3 9 5"],
    ["mapped ids of a volume", ["-v", "x1:/d:idmap"], "idmap is for folders of the host"],
    ["mapped ids that follow the host's mounts", ["-v", "/tmp:/d:idmap,rslave"], "cannot follow the host's mounts"],
  ])("of a mount are refused: %s", async (_, flags, message) => {
    const { exitCode, stderr } = await suite.tdock(["run", "--rm", ...flags, suite.busybox, "true"]);

    expect([exitCode, stderr]).toEqual([125, expect.stringContaining(message)]);
  });
});
