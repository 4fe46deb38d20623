import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Layout, layoutFlags, newLayout } from "../harness/instance/layout.ts";
import { processesWith } from "../harness/instance/processes.ts";
import { programs } from "../harness/instance/programs.ts";
import { runProgram } from "../harness/program.ts";
import { scratchFolder } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("packages/cli/bin/tdock", (suite) => {
  it("hands what its own runtime would read to the container, and does not act on it", async () => {
    const variables = { BUN_OPTIONS: "--version", BUN_BE_BUN: "1", BUN_INSPECT: "1", NODE_OPTIONS: "--no-such-option" };
    const flags = Object.keys(variables).flatMap((name) => ["-e", name]);

    const envOf = (env: Record<string, string>) =>
      runProgram(programs.tdock, ["run", "--rm", "-e=BUN_JSC_useJIT", ...flags, suite.busybox, "env"], {
        env: { ...suite.tdockd.clientEnv, ...env },
      });

    const { stdout, stderr } = await envOf(variables);
    const withOwn = await envOf({ ...variables, BUN_JSC_useJIT: "1" });

    expect(stderr).toBe("");
    for (const [name, value] of Object.entries(variables)) expect(stdout).toContain(`${name}=${value}\n`);
    expect(stdout).not.toContain("BUN_JSC_useJIT");
    expect(withOwn.stdout).toContain("BUN_JSC_useJIT=1\n");
  });

  it("takes no settings from the folder that it is called in", async () => {
    await using folder = await scratchFolder("called-in");
    await writeFile(join(folder.path, ".env"), "DOCKER_HOST=unix:///nonexistent\nDOCKER_API_VERSION=1.99\n");
    await writeFile(join(folder.path, "bunfig.toml"), 'preload = ["./nonexistent.ts"]\n');
    await writeFile(join(folder.path, "package.json"), "{ no JSON");

    const { stdout, stderr, exitCode } = await runProgram(programs.tdock, ["ps", "-q"], {
      cwd: folder.path,
      env: suite.tdockd.clientEnv,
    });

    expect({ stdout, stderr, exitCode }).toEqual({ stdout: "", stderr: "", exitCode: 0 });
  });
});

systemSuite("packages/tdockd/bin/tdockd", (suite) => {
  it.each<[string, (taken: Layout) => Partial<Layout>, (taken: Layout) => string]>([
    [
      "a socket",
      ({ socket }) => ({ socket }),
      ({ socket }) => `cannot listen at ${socket}: another server listens there`,
    ],
    ["a data root", ({ dataRoot }) => ({ dataRoot }), ({ dataRoot }) => `${dataRoot} is in use by another tdockd`],
    ["an exec root", ({ execRoot }) => ({ execRoot }), ({ execRoot }) => `${execRoot} is in use by another tdockd`],
    [
      "a bridge",
      ({ bridge }) => ({ bridge }),
      ({ bridge }) => `the bridge ${bridge} is in use by another tdockd: --bridge names another`,
    ],
  ])("does not start on %s that another tdockd has, and leaves nothing running", async (_, share, says) => {
    await using folder = await scratchFolder("second");
    const taken = suite.tdockd.layout;
    const own = layoutIn(folder.path);

    const ended = await runProgram(programs.tdockd, layoutFlags({ ...own, ...share(taken) }));

    expect(ended).toEqual({ stdout: "", stderr: `tdockd: ${says(taken)}\n`, exitCode: 1 });
    expect(await processesWith(folder.path)).toEqual([]);
    expect((await suite.tdock(["run", "--rm", suite.busybox, "true"])).exitCode).toBe(0);
  });

  it.each([
    ["runc", "runc"],
    ["containerd-shim-runc-v2", "containerd"],
    ["containerd", "containerd runc"],
  ])("says which package has %s, and leaves nothing running", async (missing, debianPackage) => {
    await using folder = await scratchFolder("second");
    const script = 'mount --bind /dev/null "$(command -v "$0")" && exec "$@"';
    const command = [missing, programs.tdockd, ...layoutFlags(layoutIn(folder.path))];

    const ended = await runProgram("unshare", ["-m", "sh", "-c", script, ...command]);

    const says = `tdockd: ${missing} is not installed on this machine: apt-get install ${debianPackage}\n`;
    expect(ended).toEqual({ stdout: "", stderr: says, exitCode: 1 });
    expect(await processesWith(folder.path)).toEqual([]);
  });

  it("says that the disk is mounted read-only", async () => {
    await using folder = await scratchFolder("second");
    const script = 'mount -t tmpfs -o ro tmpfs "$0" && exec "$@"';
    const command = [folder.path, programs.tdockd, ...layoutFlags(layoutIn(folder.path))];

    const { stderr } = await runProgram("unshare", ["-m", "sh", "-c", script, ...command]);

    expect(stderr).toBe(`tdockd: EROFS: read-only file system, access '${folder.path}'\n`);
  });

  it("leaves nothing running where it lacks a file", async () => {
    await using folder = await scratchFolder("second");
    const layout = layoutIn(folder.path);

    const ended = await runProgram(programs.tdockd, [...layoutFlags(layout), "--seccomp-profile=/nonexistent"]);

    expect(ended).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^tdockd: no seccomp profile at \/nonexistent: /),
    });
    expect(await processesWith(folder.path)).toEqual([]);
  });
});

function layoutIn(root: string): Layout {
  return { ...newLayout(), root, dataRoot: join(root, "data"), execRoot: join(root, "run"), socket: join(root, "s") };
}
