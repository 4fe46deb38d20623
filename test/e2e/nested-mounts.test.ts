import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("volumes and mounts below others", (suite) => {
  const { mustTdock } = suite;
  const run = (...args: string[]) => suite.tdock(["run", "--rm", ...args]);
  const output = async (...args: string[]) => (await mustTdock(["run", "--rm", ...args])).trim();
  const sh = (script: string) => [suite.busybox, "sh", "-c", script];
  const folder = async (name: string) => {
    const path = join(suite.tdockd.layout.root, name);
    await mkdir(path, { recursive: true });
    return path;
  };

  it("are not led to the host by a link in the volume above", async () => {
    const outside = await folder("outside");
    await output("-v", "lure:/d", ...sh(`ln -s ${outside} /d/trap`));

    await run("-v", "lure:/d", "-v", "caught:/d/trap/deep", ...sh("echo > /d/trap/deep/file"));

    expect(await mustRun("ls", ["-A", outside])).toBe("");
  });

  it("have each its own access", async () => {
    const path = await folder("nested");
    await mkdir(join(path, "data"), { recursive: true });
    await writeFile(join(path, "file"), "of the host\n");
    const script = `cd /app; echo kept > data/x; cat data/x file; echo no > file || echo read-only
      echo no > new || echo read-only; mount | grep -c "on /app"; stat -f -c %T data/mem; cat /etc/hostname > /dev/null && ls /etc`;

    const { stdout } = await run(
      ...["-v", `${path}:/app:ro`, "-v", "below:/app/data", "-v", `${path}/file:/app/file:ro`],
      ...["--tmpfs", "/app/data/mem:size=1m,exec", "-v", "etc:/etc", ...sh(script)],
    );

    expect(stdout).toBe(
      "kept\nof the host\nread-only\nread-only\n4\ntmpfs\ngroup\nhostname\nhosts\npasswd\nresolv.conf\n",
    );
    expect(await output("-v", "below:/d", ...sh("ls /d"))).toBe("mem\nx");
    const { exitCode, stderr } = await run("-v", `${path}:/app:ro`, "-v", "below:/app/missing", ...sh("true"));
    expect([exitCode, stderr]).toEqual([125, expect.stringContaining("read-only file system")]);
  });

  it("are mounted below a bind that follows the host's mounts, and follow them below another mount", async () => {
    const path = await folder("followed");
    const outside = await folder("outside-followed");
    await mustRun("mount", ["--bind", path, path]);
    await mustRun("mount", ["--make-shared", path]);
    await mkdir(join(path, "later"));
    await symlink(outside, join(path, "trap"));
    const flags = ["-v", `${path}:/m:rslave`, "-v", "deep:/m/sub/deep", "-v", "own:/o", "-v", `${path}:/o/m:rslave`];
    await mustTdock(["run", "-d", "--name=follows", ...flags, ...sh("echo kept > /m/sub/deep/file; sleep 600")]);

    await mustRun("mount", ["-t", "tmpfs", "tdock-test", join(path, "later")]);
    const seen = await mustTdock([
      "exec",
      "follows",
      "sh",
      "-c",
      "mount | grep -o 'on /.*/later'; cat /m/sub/deep/file",
    ]);

    await run("-v", `${path}:/m:rslave`, "-v", "deep:/m/trap/deep", ...sh("true"));

    expect(seen).toBe("on /m/later\non /o/m/later\nkept");
    expect(await mustRun("ls", ["-A", outside])).toBe("");
    await mustTdock(["rm", "-f", "follows"]);
    expect(await mustRun("findmnt", ["-no", "SOURCE", join(path, "later")])).toBe("tdock-test\n");
    await mustRun("umount", ["-R", path]);
  });
});
