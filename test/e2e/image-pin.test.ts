import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("pinned images", (suite) => {
  /** The names that are pinned. */
  const pinned = async () => {
    const format = "{{.Pinned}} {{.Repository}}:{{.Tag}}";
    const lines = (await suite.mustTdock(["images", "--filter", "pinned=true", "--format", format])).split("\n");
    return lines.flatMap((line) => (line.startsWith("true ") ? [line.slice(5)] : []));
  };

  it("stay when everything unused is pruned, until they are unpinned", async () => {
    const name = "example.test/kept:1";
    await suite.mustTdock(["tag", suite.busybox, name]);

    const said = await suite.mustTdock(["pin", name]);
    await suite.mustTdock(["image", "prune", "-af"]);

    expect(said).toBe(name);
    expect(await pinned()).toEqual([name]);
    await suite.mustTdock(["unpin", name]);
    expect(await pinned()).toEqual([]);
    await suite.mustTdock(["image", "prune", "-af"]);
    expect(await suite.mustTdock(["images", "-q"])).toBe("");
    await suite.mustTdock(["pull", "-q", suite.busybox]);
  });

  it("want force to be removed, by name and by ID, and the error names the pin", async () => {
    await suite.mustTdock(["pin", suite.busybox]);
    const id = await suite.mustTdock(["images", "-q", suite.busybox]);

    const byName = await suite.tdock(["rmi", suite.busybox]);
    const byId = await suite.tdock(["rmi", id]);

    const words = `it is pinned: tdock unpin ${suite.busybox}:latest`;
    expect(byName).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(words) });
    expect(byId).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(words) });
    await suite.mustTdock(["rmi", "-f", suite.busybox]);
    await suite.mustTdock(["pull", "-q", suite.busybox]);
    expect(await pinned()).toEqual([]);
  });

  it("let their other names go", async () => {
    await suite.mustTdock(["pin", suite.busybox]);
    await suite.mustTdock(["tag", suite.busybox, "example.test/other:1"]);

    await suite.mustTdock(["rmi", "example.test/other:1"]);

    expect(await pinned()).toEqual([`${suite.busybox}:latest`]);
  });

  it("stay pinned when tdockd is killed, and when the tag moves", async () => {
    await suite.mustTdock(["pin", suite.busybox]);

    await suite.tdockd.stop("SIGKILL");
    await suite.tdockd.start();
    await suite.mustTdock(["commit", await suite.mustTdock(["create", suite.busybox]), suite.busybox]);

    expect(await pinned()).toEqual([`${suite.busybox}:latest`]);
  });

  it("are what other clients of containerd call pinned", async () => {
    await suite.mustTdock(["pull", "-q", suite.busybox]);
    await suite.mustTdock(["unpin", suite.busybox]);
    const address = ["-a", join(suite.tdockd.layout.execRoot, "containerd/containerd.sock"), "-n", "tdock"];
    const name = `${suite.busybox}:latest`;

    await mustRun("ctr", [...address, "images", "label", name, "io.cri-containerd.pinned=pinned"]);

    await eventually(async () => expect(await pinned()).toEqual([name]));
  });

  it("cannot be pinned when they are not here", async () => {
    expect(await suite.tdock(["pin", "never-seen"])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("No such image: never-seen"),
    });
  });
});
