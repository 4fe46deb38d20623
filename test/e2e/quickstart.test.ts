import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { endInstance } from "../harness/instance/end-instance.ts";
import { layoutFlags, newLayout } from "../harness/instance/layout.ts";
import { mustRun, runProgram } from "../harness/program.ts";
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
        expect(stdout).toMatch(/ms {2}image pull \S+\/busybox(:latest)?\n/);
        expect(stdout).toMatch(/ms {2}container start [0-9a-f]{12}\n/);
      }
      expect(first.stdout).toContain("started as process");
      expect(second.stdout).toContain("already running");
    } finally {
      await endInstance(layout);
    }
  }, 300_000);
});

describe("scripts/install", () => {
  it("links the programs, makes the group, and writes a unit that lets containers outlive the server", async () => {
    await using folder = await scratchFolder("install");

    await install(folder.path);

    const unit = await readFile(join(folder.path, "tdockd.service"), "utf8");
    expect(unit).toContain(`ExecStart=${folder.path}/bin/tdockd\n`);
    expect(unit).toMatch(/^KillMode=process$/m);
    expect(unit).toMatch(/^Delegate=yes$/m);
    expect(await readFile(join(folder.path, "group"), "utf8")).toMatch(/^tdock:/m);
    const { stdout } = await runProgram(join(folder.path, "bin/tdockd"), ["--version"]);
    expect(stdout).toMatch(/\d+\.\d+\.\d+/);
  });

  it("takes both away again", async () => {
    await using folder = await scratchFolder("install");
    await install(folder.path);

    await install(folder.path, "--remove");

    const installed = ["bin", "tdockd.service"].map((name) => join(folder.path, name));
    expect((await runProgram("find", [...installed, "!", "-type", "d"])).stdout).toBe("");
  });
});

/** Installs into `folder`. Changes of /etc go to `folder/etc`: the machine's own groups are left alone. */
async function install(folder: string, ...args: string[]): Promise<void> {
  const env = { PREFIX: folder, UNIT_DIR: folder };
  const overlay = `lowerdir=/etc,upperdir=${folder}/etc,workdir=${folder}/work`;
  const script =
    'mkdir -p "$1/etc" "$1/work" && mount -t overlay -o "$2" overlay /etc && shift 2 && "$@" && cp /etc/group "$PREFIX/group"';
  await mustRun("unshare", ["-m", "sh", "-c", script, "sh", folder, overlay, `${scripts}install`, ...args], { env });
}
