import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { programs } from "../harness/instance/programs.ts";
import { type ProgramOptions, runProgram } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("tdock system dial-stdio", (suite) => {
  const bin = () => join(suite.tdockd.layout.root, "bin");
  /** Debian's docker, whose `ssh` runs on this machine what is asked of the other one. */
  const docker = (args: readonly string[], options: ProgramOptions = {}) =>
    runProgram("/usr/bin/docker", ["-H", "ssh://elsewhere", ...args], {
      ...options,
      env: {
        ENGINE: `unix://${suite.tdockd.layout.socket}`,
        HOME: suite.tdockd.layout.root,
        PATH: `${bin()}:${process.env.PATH}`,
      },
    });
  beforeAll(async () => {
    await mkdir(bin());
    const ssh = `#!/bin/sh
while [ "$1" != docker ]; do shift; done
shift
DOCKER_HOST=$ENGINE exec ${programs.tdock} "$@"
`;
    await writeFile(join(bin(), "ssh"), ssh, { mode: 0o755 });
  });

  it("is how docker reaches this engine over SSH: input, output, errors and exit codes pass", async () => {
    const piped = await docker(["run", "--rm", "-i", suite.busybox, "sh", "-c", "wc -c; echo err >&2; exit 7"], {
      stdin: "x".repeat(3_000_000),
    });
    const printed = await docker(["run", "--rm", suite.busybox, "sh", "-c", "yes | head -c 5000000"]);
    const refused = await docker(["run", "--rm", suite.image("nothing")]);

    expect(piped).toEqual({ stdout: "3000000\n", stderr: "err\n", exitCode: 7 });
    expect(printed).toEqual({ stdout: "y\n".repeat(2_500_000), stderr: "", exitCode: 0 });
    expect(refused.exitCode).toBe(125);
  });

  it("carries what docker builds, copies, follows and lists", async () => {
    const built = await docker(["build", "-q", "-"], { stdin: `FROM ${suite.busybox}\nRUN echo built > /file\n` });
    const image = built.stdout.trim();
    const loop = "for i in 1 2 3; do echo $i; sleep 0.2; done; sleep 600";
    const id = (await docker(["run", "-d", "--name=far", image, "sh", "-c", loop])).stdout.trim();
    const copied = await docker(["cp", "far:/file", "-"]);
    const back = await docker(["cp", "-", "far:/tmp"], { stdin: copied.stdout });
    const read = await docker(["exec", "far", "cat", "/tmp/file"]);
    const listed = await docker(["ps", "-q", "--no-trunc"]);
    const removed = await docker(["rm", "-f", "far"]);

    expect(built).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/) });
    expect(back).toMatchObject({ exitCode: 0 });
    expect(read).toEqual({ stdout: "built\n", stderr: "", exitCode: 0 });
    expect(listed.stdout).toBe(`${id}\n`);
    expect(removed.exitCode).toBe(0);
  });

  it("joins its streams to the engine's socket, and passes the end of input on", async () => {
    const { stdout, exitCode } = await suite.tdock(["system", "dial-stdio"], {
      stdin: "GET /_ping HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n",
    });

    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nOK$/);
    expect(exitCode).toBe(0);
  });

  it("ends with the engine's connection, though its own input stays open", async () => {
    const child = spawn(programs.tdock, ["system", "dial-stdio"], {
      env: { ...process.env, ...suite.tdockd.clientEnv },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    child.stdin.write("GET /events HTTP/1.1\r\nHost: engine\r\n\r\n");
    const [head] = await once(child.stdout, "data");
    child.stdout.resume();

    await suite.tdockd.stop();
    const [code] = await ended;
    await suite.tdockd.start();

    expect(code).toBe(0);
    expect(String(head)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it("exits 1 and says where it looked when no engine listens", async () => {
    const absent = join(suite.tdockd.layout.root, "absent.sock");
    const { stderr, exitCode } = await suite.tdock(["-H", `unix://${absent}`, "system", "dial-stdio"]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain(`unix://${absent}`);
  });
});
