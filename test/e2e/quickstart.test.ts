import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { endInstance } from "../harness/instance/end-instance.ts";
import { layoutFlags, newLayout } from "../harness/instance/layout.ts";
import { runProgram } from "../harness/program.ts";
import { scratchFolder } from "../harness/scratch.ts";

const scripts = new URL("../../scripts/", import.meta.url).pathname;

describe("scripts/quickstart", () => {
  it("takes a machine from nothing to a container that ran, and can be run again", async () => {
    const layout = newLayout();
    try {
      const quickstart = () =>
        runProgram(`${scripts}quickstart`, layoutFlags(layout), { cwd: "/", timeoutMs: 140_000 });

      const first = await quickstart();
      const second = await quickstart();

      for (const { stdout, stderr, exitCode } of [first, second]) {
        expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
        expect(stdout).toContain("hello from a container");
        expect(stdout).toMatch(/ms {2}container start/);
      }
      expect(first.stdout).toContain("started as process");
      expect(second.stdout).toContain("already running");
    } finally {
      await endInstance(layout);
    }
  }, 300_000);
});

describe("scripts/install", () => {
  it("links the programs and writes a unit that lets containers outlive the server", async () => {
    await using folder = await scratchFolder("install");
    const env = { PREFIX: folder.path, UNIT_DIR: folder.path };

    await runProgram(`${scripts}install`, [], { env });

    const unit = await readFile(join(folder.path, "tdockd.service"), "utf8");
    expect(unit).toContain(`ExecStart=${folder.path}/bin/tdockd\n`);
    expect(unit).toMatch(/^KillMode=process$/m);
    expect(unit).toMatch(/^Delegate=yes$/m);
    const { stdout } = await runProgram(join(folder.path, "bin/tdockd"), ["--version"]);
    expect(stdout).toMatch(/\d+\.\d+\.\d+/);
  });

  it("takes both away again", async () => {
    await using folder = await scratchFolder("install");
    const env = { PREFIX: folder.path, UNIT_DIR: folder.path };
    await runProgram(`${scripts}install`, [], { env });

    await runProgram(`${scripts}install`, ["--remove"], { env });

    expect((await runProgram("find", [folder.path, "!", "-type", "d"])).stdout).toBe("");
  });
});
