import { mkdir, readdir, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { programs } from "../harness/instance/programs.ts";
import { runProgram } from "../harness/program.ts";
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

  it.each([
    ["rena", ["rename"]],
    ["image con", ["convert"]],
    ["run --cgroup", ["--cgroup-parent", "--cgroupns"]],
    ["run --network ", ["host", "none", "bridge"]],
    ["run -it --restart a", ["always"]],
    ["rmi ADDRESS:", ["PORT/busybox:latest"]],
    ["run -d IMAGE ", []],
    ["-H HOST network rm br", ["bridge"]],
    ["-H unix:///nonexistent network rm br", []],
    ["no-such-command ", []],
  ])("completion of bash makes of '%s' %j", async (typed, expected) => {
    const image = suite.busybox;
    const line = typed
      .replace("HOST", `unix://${suite.tdockd.layout.socket}`)
      .replace("ADDRESS:", image.replace(/[^:]*$/, ""))
      .replace("IMAGE", image);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
    const shown = 'printf "%s\\n" "${COMPREPLY[@]}"';
    const script = `source <(tdock completion bash); COMP_LINE="tdock $0" COMP_POINT=999; _tdock; ${shown}`;
    const env = { ...suite.tdockd.clientEnv, PATH: `${dirname(programs.tdock)}:${process.env.PATH}` };

    const { stdout } = await runProgram("bash", ["-c", script, line], { env });

    const rest = expected.map((one) => one.replace("PORT/busybox", image.replace(/^[^:]*:/, "")));
    expect(stdout.trim().split("\n").toSorted()).toEqual(rest.length === 0 ? [""] : rest.toSorted());
  });

  it("run -a stdin hands input on, prints the ID and does not wait", async () => {
    const id = await suite.mustTdock(["run", "-i", "-a", "stdin", "--name=fed", suite.busybox, "cat"], {
      stdin: "text",
    });

    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(await suite.mustTdock(["wait", "fed"])).toBe("0");
    expect(await suite.mustTdock(["logs", "fed"])).toBe("text");
    await suite.mustTdock(["rm", "fed"]);
  });

  it("cp brings a folder in under its name and out again, links as links", async () => {
    await suite.mustTdock(["create", "--name", "cp", suite.busybox]);
    const folder = join(suite.tdockd.layout.root, "cp");
    await mkdir(join(folder, "src", "sub"), { recursive: true });
    await writeFile(join(folder, "src", "sub", "file"), "text");
    await symlink("sub/file", join(folder, "src", "link"));

    expect(await suite.tdock(["cp", join(folder, "src"), "cp:/tmp"])).toEqual({ stdout: "", stderr: "", exitCode: 0 });
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
    [["image", "inspect", "--platform=linux/s390x", "nosuch"], 1, "No such image: nosuch"],
    [["rmi", "-f", "--platform=linux/s390x", "nosuch"], 0, "No such image: nosuch"],
    [["container", "prune", "-a"], 125, "unknown shorthand flag: 'a'"],
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

  it("wait and run --wait wait until a container runs, is healthy, answers at a port, or has printed a line", async () => {
    const script = "sleep 0.5; touch /up; echo it is up; exec httpd -f -p 8080";
    const health = ["--health-cmd", "test -e /up", "--health-interval", "200ms"];
    const flags = ["--wait", "--name", "served", ...health];
    await suite.mustTdock(["run", "-d", ...flags, suite.busybox, "sh", "-c", script]);
    expect(await suite.mustTdock(["inspect", "-f", "{{.State.Health.Status}}", "served"])).toBe("healthy");

    for (const condition of ["running", "healthy", "ready", "port:8080", "log:^it is \\w+$"]) {
      expect(await suite.mustTdock(["wait", "--timeout", "20s", "--condition", condition, "served"])).toBe("0");
    }
    await suite.mustTdock([
      "run",
      "-dt",
      "--rm",
      "--name=typed",
      suite.busybox,
      "sh",
      "-c",
      "echo it is up; sleep 600",
    ]);
    expect(await suite.mustTdock(["wait", "--timeout=20s", "--condition=log:up$", "typed"])).toBe("0");
    await suite.mustTdock(["rm", "-f", "typed"]);
    const removed = suite.mustTdock(["wait", "--condition", "removed", "served"]);
    await suite.mustTdock(["rm", "-f", "served"]);
    expect(await removed).toBe("137");
  });

  it.each([
    ["healthy", "has no health check"],
    ["port:0", "wanted a port from 1 to 65535"],
    ["port:9", 'waited 500 ms for "port:9" in vain'],
    ["log:(", "invalid regular expression"],
    ["log:never", 'waited 500 ms for "log:never" in vain'],
    ["nonsense", 'invalid condition: "nonsense"'],
  ])("wait --condition %s fails and says %s", async (condition, message) => {
    await suite.tdock(["run", "-d", "--name", "unready", suite.busybox, "sleep", "1000"]);

    const { exitCode, stderr } = await suite.tdock(["wait", "--timeout", "500ms", "--condition", condition, "unready"]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
  });

  it("wait says with which code a container ended before it was what was wanted", async () => {
    await suite.mustTdock(["run", "-d", "--name", "brief", suite.busybox, "sh", "-c", "sleep 1; exit 3"]);

    const [port, log] = await Promise.all(
      ["port:80", "log:never"].map((condition) => suite.tdock(["wait", "--condition", condition, "brief"])),
    );

    expect(port).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("ended with exit code 3 before") });
    expect(log).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("no line of its log matches") });
  });

  it("run --timeout kills what runs too long, over a restart of tdockd too, and --rmi takes the image along", async () => {
    await suite.mustTdock(["run", "-d", "--timeout", "5", "--name", "long", suite.busybox, "sleep", "1000"]);
    await suite.mustTdock(["tag", suite.busybox, "passing"]);

    expect((await suite.tdock(["run", "--rmi", "--timeout", "1", "passing", "sleep", "1000"])).exitCode).toBe(137);
    await suite.tdockd.stop("SIGKILL");
    await suite.tdockd.start();

    expect(await suite.mustTdock(["images", "-q", "passing"])).toBe("");
    expect(await suite.mustTdock(["wait", "--timeout", "20s", "long"])).toBe("137");
  });

  it("keeps control bytes of labels from nobody who reads a pipe", async () => {
    await running("bytes", "-l", "evil=\x1b]0;x\x07");

    expect(await suite.mustTdock(["ps", "--filter", "name=bytes", "--format", '{{.Label "evil"}}'])).toBe(
      "\x1b]0;x\x07",
    );
  });
});
