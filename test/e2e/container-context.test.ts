import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("contexts that docker has written down", (suite) => {
  const docker = (...args: string[]) =>
    mustRun("/usr/bin/docker", args, { env: { HOME: suite.tdockd.layout.root, DOCKER_HOST: "" } });
  const far = (args: readonly string[], env: Record<string, string> = {}) =>
    suite.tdock(args, { env: { DOCKER_HOST: "", ...env } });
  beforeAll(async () => {
    await docker("context", "create", "far", "--docker", `host=unix://${suite.tdockd.layout.socket}`);
    await suite.mustTdock(["run", "-d", "--name=there", suite.busybox, "sleep", "600"]);
  });

  it("name the engine by --context and DOCKER_CONTEXT", async () => {
    const list = ["ps", "--format={{.Names}}"];
    const elsewhere = { DOCKER_HOST: "unix:///nowhere.sock" };

    expect(await far(["--context", "far", ...list])).toMatchObject({ exitCode: 0, stdout: "there\n" });
    expect(await far(["-c", "far", ...list], elsewhere)).toMatchObject({ exitCode: 0, stdout: "there\n" });
    expect(await far(list, { DOCKER_CONTEXT: "far" })).toMatchObject({ exitCode: 0, stdout: "there\n" });
    expect((await far(list, { DOCKER_CONTEXT: "far", ...elsewhere })).exitCode).toBe(1);
    expect(await far(["-c", "near", ...list])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('context "near" not found'),
    });
  });

  it("are refused when they are damaged, or name an engine in a way that tdock does not have", async () => {
    await docker("context", "create", "remote", "--docker", "host=ssh://someone@elsewhere");
    const meta = join(suite.tdockd.layout.root, ".docker/contexts/meta");
    const damage = async (text: string) => {
      await writeFile(join(meta, createHash("sha256").update("far").digest("hex"), "meta.json"), text);
      return (await far(["-c", "far", "ps"])).stderr;
    };

    expect((await far(["-c", "remote", "ps"])).stderr).toContain("ssh:// is not supported");
    expect(await damage("{")).toContain('context "far" cannot be read: ');
    expect(await damage("null")).toContain('context "far" names no engine in ');
    expect(await damage('{"Endpoints":{"docker":{"Host":7}}}')).toContain('context "far" names no engine in ');
  });
});
