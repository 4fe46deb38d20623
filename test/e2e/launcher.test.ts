import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { programs } from "../harness/instance/programs.ts";
import { runProgram } from "../harness/program.ts";
import { scratchFolder } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("packages/cli/bin/tdock", (suite) => {
  it("hands what its own runtime would read to the container, and does not act on it", async () => {
    const variables = { BUN_OPTIONS: "--version", BUN_BE_BUN: "1", BUN_INSPECT: "1", NODE_OPTIONS: "--no-such-option" };
    const flags = Object.keys(variables).flatMap((name) => ["-e", name]);

    const { stdout, stderr } = await runProgram(programs.tdock, ["run", "--rm", ...flags, suite.busybox, "env"], {
      env: { ...suite.tdockd.clientEnv, ...variables },
    });

    expect(stderr).toBe("");
    for (const [name, value] of Object.entries(variables)) expect(stdout).toContain(`${name}=${value}\n`);
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
