import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("an exec whose shim is killed", (suite) => {
  it("has ended, and so has its client", async () => {
    const id = await suite.mustTdock(["run", "-d", "--name=shimless", suite.busybox, "sleep", "1000"]);
    const attached = suite.tdock(["exec", "shimless", "sleep", "1000"]);
    await eventually(async () =>
      expect(await suite.mustTdock(["top", "shimless"])).toMatch(/sleep 1000\n.*sleep 1000/),
    );
    const { body: container } = await suite.api("GET", "/containers/shimless/json");

    process.kill(shimOf(id), "SIGKILL");

    expect((await attached).exitCode).not.toBe(0);
    await eventually(async () =>
      expect((await suite.api("GET", `/exec/${container.ExecIDs[0]}/json`)).body).toMatchObject({ Running: false }),
    );
    await eventually(async () => expect(await suite.mustTdock(["ps", "-q"])).toBe(""));
    expect(await suite.tdockd.log()).not.toContain("was not followed");
  });
});

function shimOf(id: string): number {
  const found = readdirSync("/proc").find((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    const args = commandLine(pid);
    return args[0]?.endsWith("containerd-shim-runc-v2") === true && args.includes(id);
  });
  return Number(found);
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}
