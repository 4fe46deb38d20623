import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("tdock run", (suite) => {
  const run = (...args: string[]) => suite.tdock(["run", "--rm", ...args]);

  it("passes stdout, stderr and the exit code on", async () => {
    const result = await run(suite.busybox, "sh", "-c", "echo out; echo err >&2; exit 7");

    expect(result).toEqual({ stdout: "out\n", stderr: "err\n", exitCode: 7 });
  });

  it("pulls an image that is not there yet", async () => {
    await suite.mustTdock(["rmi", "-f", suite.busybox]);

    const { stdout, stderr, exitCode } = await run(suite.busybox, "echo", "pulled");

    expect({ stdout, exitCode }).toEqual({ stdout: "pulled\n", exitCode: 0 });
    expect(stderr).toContain(`Unable to find image '${suite.busybox}:latest' locally`);
    await suite.mustTdock(["rmi", "-f", suite.busybox]);
    expect(await run("-q", suite.busybox, "echo", "pulled")).toEqual({ stdout: "pulled\n", stderr: "", exitCode: 0 });
  });

  it("refuses to pull with --pull never", async () => {
    const { stderr, exitCode } = await run("--pull=never", suite.image("absent"), "true");

    expect(exitCode).toBe(125);
    expect(stderr).toContain("No such image");
  });

  it.each([
    ["exits 127 when the command is not in the image", ["no-such-command"], 127],
    ["exits 126 when the command cannot be executed", ["/etc/passwd"], 126],
    ["exits 137 when the last process was killed", ["sh", "-c", "sh -c 'kill -9 $$'; exit $?"], 137],
    ["exits 143 when the process ends by SIGTERM", ["sh", "-c", "trap 'exit 143' TERM; kill -TERM $$; sleep 1"], 143],
  ])("%s", async (_, command, exitCode) => {
    expect((await run(suite.busybox, ...command)).exitCode).toBe(exitCode);
  });

  it.each([
    ["an unknown flag", ["--no-such-flag"]],
    ["a name that cannot be one", ["--name=a/b"]],
    ["a memory limit that is no size", ["--memory=lots"]],
    ["an image that does not exist", []],
    ["a bind source that does not exist", ["--mount=type=bind,source=/no/such/folder,target=/x"]],
    ["an unknown network", ["--network=nowhere"]],
  ])("exits 125 for %s, and leaves no container", async (mistake, flags) => {
    const before = await suite.mustTdock(["ps", "-aq"]);
    const image = mistake.includes("image") ? suite.image("absent") : suite.busybox;

    const { exitCode, stderr } = await run(...flags, image, "true");

    expect(exitCode).toBe(125);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(await suite.mustTdock(["ps", "-aq"])).toBe(before);
  });

  it("takes environment, folder, user, name, host name, entry point and labels from flags", async () => {
    const flags = [
      "-e",
      "COLOR=blue",
      "-w",
      "/tmp",
      "-u",
      "65534:65534",
      "--hostname=box",
      "--entrypoint=sh",
      "-l",
      "a=b",
    ];

    const { stdout } = await run(...flags, suite.busybox, "-c", "echo $COLOR; pwd; id -u; id -g; hostname");

    expect(stdout).toBe("blue\n/tmp\n65534\n65534\nbox\n");
  });

  it("reads environment files", async () => {
    const path = join(suite.tdockd.layout.root, "env");
    await writeFile(path, "# a comment\nONE=1\nTWO=two words\n");

    const { stdout } = await run("--env-file", path, suite.busybox, "sh", "-c", 'echo "$ONE $TWO"');

    expect(stdout).toBe("1 two words\n");
    await writeFile(path, Buffer.from("ONE=\xff\xfe\n", "latin1"));
    const { exitCode, stderr } = await run("--env-file", path, suite.busybox, "true");
    expect([exitCode, stderr]).toEqual([125, expect.stringContaining("invalid utf8 bytes")]);
  });

  it("does not hand the server's environment to containers", async () => {
    const { stdout } = await run(suite.busybox, "env");

    const names = stdout
      .trim()
      .split("\n")
      .map((line) => line.split("=")[0]);
    expect(names.toSorted()).toEqual(["HOME", "HOSTNAME", "PATH"]);
  });

  it("passes stdin on and ends it", async () => {
    const input = Buffer.alloc(5_000_000, "some text ");

    const { stdout } = await suite.tdock(["run", "--rm", "-i", suite.busybox, "sha256sum"], { stdin: input });

    const digest = createHash("sha256").update(input).digest("hex");
    expect(stdout).toBe(`${digest}  -\n`);
  });

  it("prints the id with -d, and the container runs", async () => {
    const id = await suite.mustTdock(["run", "-d", "--name=detached", suite.busybox, "sleep", "600"]);

    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(await suite.mustTdock(["ps", "-q", "--no-trunc", "--filter", "name=detached"])).toBe(id);
    await suite.mustTdock(["rm", "-f", "detached"]);
  });

  it("refuses a name that is in use, and names the container that has it", async () => {
    const id = await suite.mustTdock(["run", "-d", "--name=taken", suite.busybox, "sleep", "600"]);

    const { exitCode, stderr } = await run("--name=taken", suite.busybox, "true");

    expect(exitCode).toBe(125);
    expect(stderr).toContain(`The container name "/taken" is already in use by container "${id}"`);
    await suite.mustTdock(["rm", "-f", "taken"]);
  });

  it("removes the container with --rm, also when it was detached", async () => {
    await suite.mustTdock(["run", "-d", "--rm", "--name=fleeting", suite.busybox, "true"]);

    await eventually(async () => expect(await suite.mustTdock(["ps", "-aq", "--filter", "name=fleeting"])).toBe(""));
  });

  it("mounts folders of the host, writable and read-only", async () => {
    const folder = join(suite.tdockd.layout.root, "shared");
    await mkdir(folder);
    await writeFile(join(folder, "in"), "from the host\n");

    const script = "cat /rw/in; echo back > /rw/out; echo no > /ro/in";
    const { stdout, exitCode } = await run(
      "-v",
      `${folder}:/rw`,
      "-v",
      `${folder}:/ro:ro`,
      suite.busybox,
      "sh",
      "-c",
      script,
    );

    expect({ stdout, exitCode }).toEqual({ stdout: "from the host\n", exitCode: 1 });
    expect(await readFile(join(folder, "out"), "utf8")).toBe("back\n");
  });

  it("keeps the root read-only with --read-only", async () => {
    expect((await run("--read-only", suite.busybox, "touch", "/x")).exitCode).toBe(1);
    expect((await run(suite.busybox, "touch", "/x")).exitCode).toBe(0);
  });

  it("streams every byte of a long output", async () => {
    const { stdout } = await run(suite.busybox, "sh", "-c", "head -c 30000000 /dev/zero | tr '\\0' x");

    expect(stdout.length).toBe(30_000_000);
  });
});
