import { join } from "node:path";
import { expect, it } from "vitest";
import { busyboxImage } from "../harness/images/busybox.ts";
import { imageOf, layerOf } from "../harness/images/oci-image.ts";
import { pushImage } from "../harness/images/push.ts";
import { file } from "../harness/images/tar-layer.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("images that others of containerd's clients share", (suite) => {
  const ctr = (...args: readonly string[]) => {
    const address = `${suite.tdockd.layout.execRoot}/containerd/containerd.sock`;
    return mustRun("ctr", ["-a", address, "-n", "tdock", ...args]);
  };
  async function push(name: string) {
    const { layers } = await busyboxImage();
    const image = imageOf({ layers: [...layers, await layerOf([file("name", name)])] });
    await pushImage(suite.registry, `${name}:1`, image);
    return image;
  }

  it("shows ctr what was pulled here, which it runs", async () => {
    await push("ours");
    const name = suite.image("ours:1");
    await suite.mustTdock(["pull", "-q", name]);

    const listed = await ctr("images", "ls", "-q");
    const checked = await ctr("images", "check", `name==${name}`);

    expect(listed.split("\n")).toContain(name);
    expect(checked).toMatch(/complete \(\d+\/\d+\) +[\d.]+ [KM]iB\/[\d.]+ [KM]iB +true/);
    const run = ["run", "--rm", "--cgroup", `${suite.tdockd.layout.cgroupParent}/ctr`, name, "by-ctr", "cat", "/name"];
    expect(await ctr(...run)).toBe("ours");
  });

  it("takes what ctr pulled, tagged and unpacked, and runs, saves and removes it", async () => {
    const image = await push("theirs");
    const name = suite.image("theirs:1");
    await ctr("images", "pull", "--plain-http", name);
    await ctr("images", "tag", name, "docker.io/library/named-by-ctr:2");

    const tags = await suite.mustTdock(["inspect", "-f", "{{json .RepoTags}}", "named-by-ctr:2"]);

    expect(JSON.parse(tags)).toEqual([name, "named-by-ctr:2"]);
    expect(await suite.mustTdock(["run", "--rm", "named-by-ctr:2", "cat", "/name"])).toBe("theirs");
    await suite.mustTdock(["save", "-o", join(suite.tdockd.layout.root, "theirs.tar"), name]);
    expect(await suite.mustTdock(["rmi", name, "named-by-ctr:2"])).toContain(`Deleted: ${image.config.digest}`);
    expect(await ctr("images", "ls", "-q")).not.toContain("theirs");
  });

  it("runs what ctr imported and did not unpack, and forgets what ctr removed", async () => {
    await push("imported");
    const archive = join(suite.tdockd.layout.root, "imported.tar");
    const name = "docker.io/library/imported:1";
    await mustRun("skopeo", [
      "copy",
      "--src-tls-verify=false",
      `docker://${suite.image("imported:1")}`,
      `oci-archive:${archive}:${name}`,
    ]);
    await ctr("images", "import", "--no-unpack", archive);

    expect(await suite.mustTdock(["run", "--rm", "imported:1", "cat", "/name"])).toBe("imported");
    await ctr("images", "rm", "--sync", name);
    expect(await suite.tdock(["run", "--pull=never", "--rm", "imported:1", "true"])).toMatchObject({
      exitCode: 125,
      stderr: expect.stringContaining("No such image: imported:1"),
    });
  });
});
