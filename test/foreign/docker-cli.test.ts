import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { mustRun, type ProgramOptions, runProgram } from "../harness/program.ts";
import { scratchFolder } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

/** Of the package docker.io; another docker may come before it on PATH. */
const dockerCommand = "/usr/bin/docker";

systemSuite("Debian's docker command against tdockd", (suite) => {
  const docker = (args: readonly string[], options: ProgramOptions = {}) =>
    runProgram(dockerCommand, args, { ...options, env: suite.tdockd.clientEnv });
  const mustDocker = async (...args: string[]) =>
    (await mustRun(dockerCommand, args, { env: suite.tdockd.clientEnv })).trimEnd();

  it("negotiates a version that both speak", async () => {
    const { Client, Server } = JSON.parse(await mustDocker("version", "--format", "{{json .}}"));

    expect(Client.ApiVersion).toBe(Client.DefaultAPIVersion);
    expect(Server.MinAPIVersion).toBe("1.24");
  });

  it("runs a container and passes its output, errors and exit code on", async () => {
    const result = await docker(["run", "--rm", suite.busybox, "sh", "-c", "echo out; echo err >&2; exit 7"]);

    expect(result).toEqual({ stdout: "out\n", stderr: "err\n", exitCode: 7 });
  });

  it("pipes stdin into a container", async () => {
    const { stdout } = await docker(["run", "--rm", "-i", suite.busybox, "wc", "-c"], { stdin: "x".repeat(100_000) });

    expect(stdout.trim()).toBe("100000");
  });

  it("exits 127 when the command is not in the image", async () => {
    const { exitCode, stderr } = await docker(["run", "--rm", suite.busybox, "no-such-command"]);

    expect(exitCode).toBe(127);
    expect(stderr).toContain("no-such-command");
  });

  it("pulls an image and says what it did", async () => {
    const output = await mustDocker("pull", suite.busybox);

    expect(output).toContain(`Status: Image is up to date for ${suite.busybox}:latest`);
  });

  it("lists, inspects, stops and removes a container", async () => {
    const id = await mustDocker("run", "-d", "--name=web", "-l", "role=front", suite.busybox, "sleep", "600");

    expect(await mustDocker("ps", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.Image}}")).toBe(
      `${id} web ${suite.busybox}`,
    );
    expect(await mustDocker("ps", "-q", "--filter", "label=role=front")).toBe(id.slice(0, 12));
    expect(await mustDocker("inspect", "-f", "{{.State.Status}} {{.Config.Labels.role}}", "web")).toBe("running front");
    await mustDocker("stop", "-t", "1", "web");
    expect(await mustDocker("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "web")).toBe("exited 137");
    await mustDocker("rm", "web");
    expect((await docker(["inspect", "web"])).exitCode).toBe(1);
  });

  it("shows what a container printed, each stream on its own", async () => {
    // The streams are two pipes: only what is apart in time has an order.
    const script = "echo one; echo two >&2; sleep 0.5; echo three";
    const id = await mustDocker("run", "-d", suite.busybox, "sh", "-c", script);
    await mustDocker("wait", id);

    const { stdout, stderr } = await docker(["logs", id]);

    expect(stdout).toBe("one\nthree\n");
    expect(stderr).toBe("two\n");
    expect((await docker(["logs", "--tail", "1", id])).stdout).toBe("three\n");
    expect((await docker(["logs", "-t", id])).stdout).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z one\n/);
  });

  it("follows the log of a running container to its end", async () => {
    const id = await mustDocker("run", "-d", suite.busybox, "sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.2; done");

    expect((await docker(["logs", "-f", id])).stdout).toBe("1\n2\n3\n");
  });

  it("sees the events of a container's life", async () => {
    const since = `${Date.now() / 1000}`;
    await mustDocker("run", "--rm", "--name=eventful", suite.busybox, "true");

    await eventually(async () => {
      const until = `${Date.now() / 1000}`;
      const format = "{{.Type}} {{.Action}}";
      const events = await mustDocker(
        "events",
        "--since",
        since,
        "--until",
        until,
        "--filter",
        "container=eventful",
        "--format",
        format,
      );
      expect(events.split("\n")).toEqual(
        expect.arrayContaining(["container create", "container start", "container die", "container destroy"]),
      );
    });
  });

  it("executes commands in a container, with input, environment, folder and user, and knows their exit codes", async () => {
    await mustDocker("run", "-d", "--name=busy", suite.busybox, "sleep", "600");

    const told = await docker(["exec", "-i", "-e", "A=1", "-w", "/tmp", "-u", "5:6", "busy", "sh"], {
      stdin: "echo $A; pwd; id -u; echo err >&2; exit 3\n",
    });
    await mustDocker("exec", "-d", "busy", "touch", "/there");

    expect(told).toEqual({ stdout: "1\n/tmp\n5\n", stderr: "err\n", exitCode: 3 });
    await eventually(() => mustDocker("exec", "busy", "test", "-e", "/there"));
    expect((await docker(["exec", "busy", "no-such-command"])).exitCode).toBe(127);
    await mustDocker("rm", "-f", "busy");
  });

  it("copies files and folders in and out, and as tar streams", async () => {
    await using folder = await scratchFolder("docker-cp");
    await mkdir(join(folder.path, "in"));
    await writeFile(join(folder.path, "in", "file"), "text\n");
    await mustDocker("run", "-d", "--name=copied", suite.busybox, "sleep", "600");

    await mustDocker("cp", join(folder.path, "in"), "copied:/tmp");
    await mustDocker("cp", "copied:/tmp/in/file", join(folder.path, "out"));
    const archive = await mustRun("sh", ["-c", `${dockerCommand} cp copied:/tmp/in - | tar -t`], {
      env: suite.tdockd.clientEnv,
    });

    expect(await readFile(join(folder.path, "out"), "utf8")).toBe("text\n");
    expect(archive).toBe("in/\nin/file\n");
    await mustDocker("rm", "-f", "copied");
  });

  it("joins a running container's streams and exits with its code", async () => {
    await mustDocker(
      "run",
      "-d",
      "-i",
      "--name=joined",
      suite.busybox,
      "sh",
      "-c",
      "read line; echo got $line; exit 4",
    );

    const { stdout, exitCode } = await docker(["attach", "joined"], { stdin: "something\n" });

    expect([stdout, exitCode]).toEqual(["got something\n", 4]);
    expect(await mustDocker("wait", "joined")).toBe("4");
    expect((await docker(["start", "-a", "-i", "joined"], { stdin: "more\n" })).stdout).toBe("got more\n");
    await mustDocker("rm", "joined");
  });

  it("limits, pauses, updates, renames, restarts and looks at a container, and makes an image of it", async () => {
    await mustDocker("run", "-d", "--name=worked", "-m=64m", "--cpus=0.5", suite.busybox, "sleep", "600");

    await mustDocker("pause", "worked");
    expect(await mustDocker("ps", "--filter", "status=paused", "--format", "{{.Names}}")).toBe("worked");
    await mustDocker("unpause", "worked");
    await mustDocker("update", "--memory=96m", "--memory-swap=192m", "--restart=on-failure:3", "worked");
    await mustDocker("rename", "worked", "renamed");
    await mustDocker("restart", "-t", "0", "renamed");
    await mustDocker("exec", "renamed", "touch", "/made");

    const inspected = "{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}} {{.State.Status}}";
    expect(await mustDocker("inspect", "-f", inspected, "renamed")).toBe(`${96 << 20} on-failure running`);
    expect(await mustDocker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}", "renamed")).toMatch(
      /^renamed .*\/ 96MiB$/,
    );
    expect(await mustDocker("top", "renamed", "-o", "pid,args")).toMatch(/sleep 600$/);
    expect(await mustDocker("diff", "renamed")).toContain("A /made");
    expect(await mustDocker("commit", "-c", 'CMD ["ls", "/made"]', "renamed", "worked-image")).toMatch(/^sha256:/);
    expect(await mustDocker("run", "--rm", "worked-image")).toBe("/made");
    expect(await mustDocker("kill", "renamed")).toBe("renamed");
    expect(await mustDocker("container", "prune", "-f")).toContain("Total reclaimed space");
    await mustDocker("rmi", "worked-image");
  });

  it("checks a container's health, and starts it again by its policy", async () => {
    const flags = ["--health-cmd=test -e /well", "--health-interval=200ms", "--restart=on-failure:2"];
    await mustDocker("run", "-d", "--name=ailing", ...flags, suite.busybox, "sh", "-c", "touch /well; sleep 600");
    await mustDocker("run", "-d", "--name=failing", "--restart=on-failure:2", suite.busybox, "false");

    await eventually(async () =>
      expect(await mustDocker("inspect", "-f", "{{.State.Health.Status}}", "ailing")).toBe("healthy"),
    );
    await eventually(async () =>
      expect(await mustDocker("inspect", "-f", "{{.RestartCount}} {{.State.Status}}", "failing")).toBe("2 exited"),
    );
    await mustDocker("rm", "-f", "ailing", "failing");
  });

  it("says what is wrong with an image that does not exist", async () => {
    const { exitCode, stderr } = await docker(["run", "--rm", suite.image("nothing")]);

    expect(exitCode).toBe(125);
    expect(stderr).toContain("nothing");
  });
});
