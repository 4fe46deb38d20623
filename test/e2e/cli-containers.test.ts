import { mkdir, readdir, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { systemSuite } from "../harness/suite.ts";

systemSuite("the commands on containers", (suite) => {
  const running = (name: string, ...flags: string[]) =>
    suite.mustTdock(["run", "-d", "--name", name, ...flags, suite.busybox, "sleep", "1000"]);

  it("exec gives the command's output and exit code", async () => {
    await running("exec");

    expect(await suite.tdock(["exec", "exec", "sh", "-c", "echo out; echo err >&2; exit 5"])).toEqual({
      stdout: "out\n",
      stderr: "err\n",
      exitCode: 5,
    });
    const { stdout } = await suite.tdock(
      ["exec", "-i", "-e", "A=1", "-w", "/tmp", "exec", "sh", "-c", "cat; echo $A; pwd"],
      {
        stdin: "in\n",
      },
    );
    expect(stdout).toBe("in\n1\n/tmp\n");
  });

  it("cp brings a folder in under its name and out again, links as links", async () => {
    await suite.mustTdock(["create", "--name", "cp", suite.busybox]);
    const folder = join(suite.tdockd.layout.root, "cp");
    await mkdir(join(folder, "src", "sub"), { recursive: true });
    await writeFile(join(folder, "src", "sub", "file"), "text");
    await symlink("sub/file", join(folder, "src", "link"));

    await suite.mustTdock(["cp", join(folder, "src"), "cp:/tmp"]);
    await suite.mustTdock(["cp", "cp:/tmp/src", join(folder, "back")]);
    await suite.mustTdock(["cp", "cp:/tmp/src/sub/file", join(folder, "renamed")]);

    expect(await readdir(join(folder, "back"))).toEqual(["link", "sub"]);
    expect(await readlink(join(folder, "back", "link"))).toBe("sub/file");
    expect(await readFile(join(folder, "renamed"), "utf8")).toBe("text");
  });

  it.each([
    [["cp", "nosuch:/x", "."], 1, "No such container: nosuch"],
    [["cp", "/nonexistent", "cp:/"], 1, "lstat /nonexistent: no such file or directory"],
    [["cp", "a", "b"], 1, "must specify at least one container source"],
    [["exec", "nosuch", "true"], 1, "No such container: nosuch"],
    [["rm", "nosuch"], 1, "No such container: nosuch"],
    [["inspect", "nosuch"], 1, "No such object: nosuch"],
    [["ps", "--nope"], 125, "unknown flag: --nope"],
    [["ps", "extra"], 1, "accepts no arguments"],
    [["nonsense"], 1, "unknown command: tdock nonsense"],
    [["run", "--memory", "x", "busybox"], 125, "invalid size: 'x'"],
    [["ps", "--format", "{{.Nope}}"], 0, ""],
  ])("%j ends with %i and says %j", async (args, exitCode, message) => {
    await suite.mustTdock(["container", "prune", "-f", "--filter", "label=none"]);

    const ended = await suite.tdock(args);

    if (exitCode !== 0) expect(ended.exitCode).toBe(exitCode);
    expect(ended.stderr).toContain(message);
  });

  it("ps and inspect take Go templates", async () => {
    const id = await running("shown", "-l", "a=b", "-e", "X=1");

    const table = await suite.mustTdock([
      "ps",
      "--filter",
      "name=shown",
      "--format",
      'table {{.Names}}\t{{.Label "a"}}',
    ]);
    expect(table).toBe("NAMES     a\nshown     b");
    expect(await suite.mustTdock(["ps", "-q", "--no-trunc", "--filter", "name=shown"])).toBe(id);
    const template =
      '{{.State.Status}} {{index .Config.Labels "a"}} {{if .State.Health}}h{{else}}-{{end}} {{json .Config.Entrypoint}}';
    expect(await suite.mustTdock(["inspect", "-f", template, "shown"])).toBe("running b - null");
  });

  it("top, stats, port, rename and update tell and change a running container", async () => {
    await running("live", "-p", "127.0.0.1::80");

    expect(await suite.mustTdock(["top", "live", "-o", "pid,comm"])).toContain("sleep");
    expect(await suite.mustTdock(["stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}", "live"])).toBe("live 1");
    expect(await suite.mustTdock(["port", "live", "80"])).toMatch(/^127\.0\.0\.1:\d+$/);
    await suite.mustTdock(["rename", "live", "renamed"]);
    expect(await suite.mustTdock(["update", "--restart", "always", "renamed"])).toBe("renamed");
    expect(await suite.mustTdock(["inspect", "-f", "{{.HostConfig.RestartPolicy.Name}}", "renamed"])).toBe("always");
  });

  it("keeps control bytes of labels from nobody who reads a pipe", async () => {
    await running("bytes", "-l", "evil=\x1b]0;x\x07");

    expect(await suite.mustTdock(["ps", "--filter", "name=bytes", "--format", '{{.Label "evil"}}'])).toBe(
      "\x1b]0;x\x07",
    );
  });
});
