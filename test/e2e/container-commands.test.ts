import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { mustRun } from "../harness/program.ts";
import { scratchFolder } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("commands on containers that stop and go", (suite) => {
  const { mustTdock } = suite;
  const created = (name: string, script: string, ...flags: string[]) =>
    mustTdock(["create", "--name", name, ...flags, suite.busybox, "sh", "-c", script]);
  const running = (name: string, ...flags: string[]) =>
    mustTdock(["run", "-d", "--name", name, ...flags, suite.busybox, "sleep", "1000"]);
  const status = (name: string) => mustTdock(["inspect", "-f", "{{.State.Status}}", name]);

  it("start attaches, passes input on and exits with the container's code", async () => {
    await created("started", "cat; exit 4", "-i");

    const { stdout, exitCode } = await suite.tdock(["start", "-a", "-i", "started"], { stdin: "typed" });

    expect([stdout, exitCode]).toEqual(["typed", 4]);
    await mustTdock(["rm", "started"]);
  });

  it("attach joins a running container until its end", async () => {
    await mustTdock([
      "run",
      "-d",
      "-i",
      "--name=joined",
      suite.busybox,
      "sh",
      "-c",
      "read line; echo got $line; exit 6",
    ]);

    const { stdout, exitCode } = await suite.tdock(["attach", "joined"], { stdin: "this\n" });

    expect([stdout, exitCode]).toEqual(["got this\n", 6]);
    await mustTdock(["rm", "joined"]);
  });

  it("exec exits with 128 and the signal's number, however soon the process dies", async () => {
    await running("dying");
    const dies = () => suite.tdock(["exec", "dying", "sh", "-c", "kill -SEGV $$"]);

    const ends = await Promise.all(Array.from({ length: 10 }, dies));

    expect(ends.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 10 }, () => 139));
    await mustTdock(["rm", "-f", "dying"]);
  });

  it("run gives the proxies of config.json to the container, and -e wins over them", async () => {
    await using folder = await scratchFolder("proxies");
    const proxies = {
      default: { httpProxy: "http://default:1", noProxy: "here" },
      [suite.tdockd.clientEnv.DOCKER_HOST ?? ""]: { httpProxy: "http://proxy:1", noProxy: "here" },
    };
    await writeFile(join(folder.path, "config.json"), JSON.stringify({ proxies }));

    const printed = await mustTdock(
      ["run", "--rm", "-e", "no_proxy=mine", suite.busybox, "sh", "-c", "env | grep -i _proxy= | sort"],
      { env: { DOCKER_CONFIG: folder.path } },
    );

    expect(printed.split("\n").sort()).toEqual([
      "HTTP_PROXY=http://proxy:1",
      "NO_PROXY=here",
      "http_proxy=http://proxy:1",
      "no_proxy=mine",
    ]);
  });

  it("run --replace takes the place of a container with the same name", async () => {
    const before = await running("replaced");

    const after = await running("replaced", "--replace");

    expect(await mustTdock(["ps", "-aq", "--no-trunc", "--filter", "name=^/?replaced$"])).toBe(after);
    expect((await suite.tdock(["inspect", before])).exitCode).toBe(1);
    await mustTdock(["rm", "-f", "replaced"]);
  });

  it("run --health-on-failure kill ends a container that turns unhealthy", async () => {
    const health = ["--health-cmd=false", "--health-interval=100ms", "--health-retries=1", "--health-on-failure=kill"];
    await running("unhealthy", ...health);

    expect(await mustTdock(["wait", "unhealthy"])).toBe("137");
    await mustTdock(["rm", "unhealthy"]);
  });

  it("kill sends the signal that is asked for; restart and stop are told by the state", async () => {
    await mustTdock([
      "run",
      "-d",
      "--name=told",
      suite.busybox,
      "sh",
      "-c",
      "trap 'echo usr1' USR1; while :; do sleep 0.1; done",
    ]);
    await mustTdock(["kill", "-s", "USR1", "told"]);
    await eventually(async () => expect(await mustTdock(["logs", "told"])).toBe("usr1"));
    const before = await mustTdock(["inspect", "-f", "{{.State.StartedAt}}", "told"]);

    await mustTdock(["restart", "-t", "0", "told"]);

    expect(await mustTdock(["inspect", "-f", "{{.State.StartedAt}}", "told"])).not.toBe(before);
    await mustTdock(["stop", "-t", "0", "told"]);
    expect(await status("told")).toBe("exited");
    await mustTdock(["rm", "told"]);
  });

  it("pause and unpause freeze and thaw", async () => {
    await running("frozen");

    await mustTdock(["pause", "frozen"]);
    expect(await status("frozen")).toBe("paused");
    expect((await suite.tdock(["exec", "frozen", "true"])).exitCode).not.toBe(0);
    await mustTdock(["unpause", "frozen"]);

    expect(await mustTdock(["exec", "frozen", "echo", "thawed"])).toBe("thawed");
    await mustTdock(["rm", "-f", "frozen"]);
  });

  it("wait gives the exit codes of several containers in order", async () => {
    await mustTdock(["run", "-d", "--name=three", suite.busybox, "sh", "-c", "sleep 0.5; exit 3"]);
    await mustTdock(["run", "-d", "--name=five", suite.busybox, "sh", "-c", "exit 5"]);

    expect(await mustTdock(["wait", "three", "five"])).toBe("3\n5");
    await mustTdock(["rm", "three", "five"]);
  });

  it("rm refuses what runs, and takes anonymous volumes with -v", async () => {
    await running("kept", "-v", "/anonymous");
    const refused = await suite.tdock(["rm", "kept"]);

    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining("running")]);
    await mustTdock(["rm", "-f", "-v", "kept"]);
    expect(await mustTdock(["volume", "ls", "-q"])).toBe("");
  });

  it("diff and export show what a container changed", async () => {
    await mustTdock([
      "run",
      "--name=changed",
      suite.busybox,
      "sh",
      "-c",
      "echo new > /made; rm /etc/group; chmod 700 /tmp",
    ]);
    const archive = join(suite.tdockd.layout.root, "changed.tar");

    await mustTdock(["export", "-o", archive, "changed"]);

    expect((await mustTdock(["diff", "changed"])).split("\n").toSorted()).toEqual([
      "A /made",
      "C /etc",
      "C /tmp",
      "D /etc/group",
    ]);
    expect(await mustRun("tar", ["-xOf", archive, "made"])).toBe("new\n");
    await mustTdock(["rm", "changed"]);
  });

  it("cp reads and writes archives on stdio, and follows links when told", async () => {
    await running("copied");
    await mustTdock(["exec", "copied", "sh", "-c", "echo text > /tmp/real; ln -s real /tmp/link"]);
    const path = join(suite.tdockd.layout.root, "copied");
    await mustTdock(["cp", "-L", "copied:/tmp/link", path]);
    await writeFile(`${path}.txt`, "in");

    const { stdout } = await suite.tdock(["cp", "copied:/tmp/real", "-"]);
    const archive = await mustRun("tar", ["-C", suite.tdockd.layout.root, "-cf", "-", "copied.txt"]);
    await mustTdock(["cp", "-a", "-", "copied:/tmp"], { stdin: archive });

    expect(await mustRun("cat", [path])).toBe("text\n");
    expect(stdout).toContain("text\n");
    expect(await mustTdock(["exec", "copied", "cat", "/tmp/copied.txt"])).toBe("in");
    await mustTdock(["rm", "-f", "copied"]);
  });

  it("ps finds containers by every filter", async () => {
    await mustTdock(["volume", "create", "sought"]);
    await running("sought", "-l", "a=b", "-v", "sought:/v", "-p", "127.0.0.1::80");
    await mustTdock(["run", "--name=over", suite.busybox, "sh", "-c", "exit 9"]).catch(() => undefined);
    const names = (...filters: string[]) =>
      mustTdock(["ps", "-a", "--format", "{{.Names}}", ...filters.flatMap((filter) => ["--filter", filter])]);

    for (const filter of [
      `ancestor=${suite.busybox}`,
      "label=a=b",
      "network=bridge",
      "expose=80",
      "status=running",
      "volume=sought",
      "since=over",
      "health=none",
    ]) {
      expect([filter, (await names(filter, "name=sought")).includes("sought")]).toEqual([
        filter,
        filter !== "since=over",
      ]);
    }
    expect(await names("exited=9")).toBe("over");
    expect(await names("before=over")).toBe("sought");
    expect((await mustTdock(["ps", "-a", "-n", "1", "-q"])).split("\n")).toHaveLength(1);
    await mustTdock(["rm", "-f", "sought", "over"]);
    await mustTdock(["volume", "rm", "sought"]);
  });

  it("ps finds published ports by the host's number, exposed ones by the container's, while they are there", async () => {
    await running("open", "-p", "127.0.0.1::8080", "--expose=90/udp");
    const hostPort = (await mustTdock(["port", "open", "8080"])).split(":")[1] ?? "";
    const finds = async (...filters: string[]) =>
      (await mustTdock(["ps", "-aq", ...filters.flatMap((filter) => ["--filter", filter])])) !== "";

    for (const [filter, isFound] of [
      [`publish=${hostPort}`, true],
      [`publish=${hostPort}/TCP`, true],
      [`publish=1-${hostPort}`, true],
      [`publish=${hostPort}/udp`, false],
      ["publish=8080", false],
      ["expose=8080", true],
      ["expose=90/udp", true],
      ["expose=90", false],
      [`expose=${hostPort}`, false],
    ] as const) {
      expect([filter, await finds(filter)]).toEqual([filter, isFound]);
    }
    expect(await finds("publish=8080", "expose=8080")).toBe(true);
    for (const filter of ["publish=1:2", "expose=9-8", "publish=70000"]) {
      expect(await suite.tdock(["ps", "--filter", filter])).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(filter.split("=")[1] ?? ""),
      });
    }
    await mustTdock(["stop", "-t0", "open"]);
    expect(await finds(`publish=${hostPort}`)).toBe(false);
    expect(await finds("expose=8080")).toBe(false);
    await mustTdock(["rm", "open"]);
  });

  it("container prune takes what has ended, and only what its filter names", async () => {
    await mustTdock(["run", "--name=old", "-l", "keep=no", suite.busybox, "true"]);
    await mustTdock(["run", "--name=other", suite.busybox, "true"]);

    await mustTdock(["container", "prune", "-f", "--filter", "label=keep=no"]);

    expect(await mustTdock(["ps", "-a", "--format", "{{.Names}}"])).toBe("other");
    await mustTdock(["container", "prune", "-f"]);
    expect(await mustTdock(["ps", "-aq"])).toBe("");
  });
});
